# Meridian in containers, and S3 servers that are built here. The Makefile includes this file.

.PHONY: up down logs ps migrate createsuperuser minio versitygw test-contract storage-table \
	test-containers has-engine ready-to-start

# Settings and secrets of the containers; another file makes another stack.
ENV_FILE ?= .env
COMPOSE := docker compose --env-file $(ENV_FILE)

# --- containers: docs/deploy.md ------------------------------------------------------------------

up: ready-to-start ## Run all of Meridian in containers (docs/deploy.md)
	@$(COMPOSE) up --detach --build --wait --remove-orphans
	@echo "Meridian answers at `$(COMPOSE) exec -T auth printenv MERIDIAN_PUBLIC_URL`. \
	Somebody who may do everything: make createsuperuser"

down: ready-to-start ## Stop the containers; data stays (ARGS=--volumes removes it for ever)
	@$(COMPOSE) down $(ARGS)

migrate: ready-to-start ## Bring the containers' database up to date
	@$(COMPOSE) run --rm --no-deps migrate

createsuperuser: ready-to-start ## Add somebody who may do everything, in the containers
	@$(COMPOSE) exec auth python -m services.auth createsuperuser $(ARGS)

logs: ready-to-start ## Follow what the containers say (ARGS=storage for one of them)
	@$(COMPOSE) logs --follow --tail 100 $(ARGS)

ps: ready-to-start ## Say how the containers are
	@$(COMPOSE) ps --all

ready-to-start:
	@$(PYTHON) -m services.local.run.dotenv $(ENV_FILE)

# --- S3 servers: docs/storage-servers.md ---------------------------------------------------------

minio: ready-to-run ## Build MinIO with Go for make run (about 3 minutes, once)
	@$(PY) -m services.local.servers.build minio

versitygw: ready-to-run ## Build VersityGW with Go for make run (about 1 minute, once)
	@$(PY) -m services.local.servers.build versitygw

# rclone-edge is what make run uses when nothing else was built.
KIND ?= rclone rclone-edge

test-contract: ready-to-work ## Test what S3 servers can do (KIND=rclone, rclone-edge, minio, versitygw)
	@for kind in $(KIND); do \
		MERIDIAN_CONTRACT_KIND=$$kind $(PY) -m pytest tests/contract/s3 -q $(ARGS) || exit 1; done

storage-table: ready-to-work # Write what was seen into docs/storage-servers.md
	@$(PY) -m tests.contract.s3.table

# INSTALL_ENGINE=1: as root on Debian, install and start a Docker engine for the test.
has-engine: ready-to-work # Whether the test below can have an engine
	@$(PY) -m tests.containers.engine

test-containers: ready-to-work ## Test the containers end to end, also killing and cutting
	@MERIDIAN_TEST_CONTAINERS=1 $(PY) -m pytest tests/containers $(ARGS)
