# Meridian. `make` alone says what there is. Everything a target needs is set up by itself:
# only Python 3.11 to 3.13, Node 20 or later, npm, make and a network are taken for granted.

.DEFAULT_GOAL := help
.PHONY: help run backup restore test test-e2e test-faults load capacity soak bench lint workflow-lint \
	licenses format types imports check \
	web web-test web-lint screenshots api-types clean tell geoip ready-to-run ready-to-work

UV_VERSION := 0.13.9
CODE := $(wildcard services shared tests loadtest benchmarks examples)

# The first Python that fits, unless one is given: make run PYTHON=/opt/python3.12/bin/python3.
# One that is given has its packages in a folder of its own, beside those of the others.
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
PYTHON ?= $(firstword $(shell for name in python3 python3.13 python3.12 python3.11; do \
	$$name -c '$(FITS)' 2>/dev/null && echo $$name; done) python3)

VENV := .venv
ifeq ($(origin PYTHON), command line)
VENV := .venv-$(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
endif
PY := $(VENV)/bin/python
UV := UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=true UV_PROJECT_ENVIRONMENT=$(VENV) $(VENV)/bin/uv

# Python reads a thousand modules at each start. Where the environment forbids it to keep them compiled, every process
# of a stack and of a test would compile them again.
unexport PYTHONDONTWRITEBYTECODE

# More arguments for pytest, loadtest or benchmarks: make test ARGS="-k upload -x"
ARGS ?=
# Processes that tests are spread over, each with servers of its own; one waits while two compute.
WORKERS ?= 3

help: ## Say what there is
	@echo "Meridian: make <target> [PYTHON=…] [ARGS=…]"
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- what people use -----------------------------------------------------------------------------

run: ready-to-run geoip web ## Run all of Meridian on this machine until Ctrl-C
	@exec $(PY) -m services

# FILE=… for both: the database, the secrets and all objects of MERIDIAN_HOME, which may run meanwhile.
backup: ready-to-run ## Back the local stack up into FILE=…
	@$(PY) -m services.local backup "$(FILE)"

restore: ready-to-run ## Put FILE=… in place of everything the local stack holds
	@$(PY) -m services.local restore "$(FILE)"

test: ready-to-work geoip web ## Test everything that takes no browser and breaks nothing (ARGS for pytest)
	@$(PY) -m pytest tests --ignore tests/faults -m "not browser and not faults and not slow" \
		-n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

test-slow: ready-to-work geoip web ## Tests that take long each: kills in a copy, whole backups, generated clients
	@$(PY) -m pytest tests --ignore tests/faults -m slow -n $(WORKERS) $(ARGS)

test-e2e: ready-to-work geoip web ## Drive the page in a real browser (Chromium must be there)
	@$(PY) -m pytest tests -m browser $(ARGS)

# How often each fault is done; CI does it once.
ROUNDS ?= 5

test-faults: ready-to-work geoip web ## Kill, cut and flood a running stack; a line of JSON each (ROUNDS=5)
	@FAULT_ROUNDS=$(ROUNDS) $(PY) -m pytest tests/faults -m "not browser" $(ARGS)

load: ready-to-work geoip web ## Let people all over the world use it; report in reports/
	@$(PY) -m loadtest $(ARGS)

capacity: ready-to-work geoip web ## How many people this machine holds, and what the first limit is
	@$(PY) -m loadtest.capacity $(ARGS)

soak: ready-to-work geoip web ## Let people stay for twenty minutes, and say what grew
	@$(PY) -m loadtest.soak $(ARGS)

# A revision to be measured in the same run: make bench AGAINST=HEAD~20
AGAINST ?=

bench: ready-to-work geoip web ## Measure it, and the machine without it (AGAINST=revision)
	@$(PY) -m benchmarks $(if $(AGAINST),--against $(AGAINST)) $(ARGS)

include containers.mk

# --- what the code must pass ---------------------------------------------------------------------

check: lint types imports web-lint ## Style, types and layers, of the services and of the page

lint: ready-to-work ## Style: ruff and wemake-python-styleguide; report in reports/flake8
	@$(PY) -m ruff format --check $(CODE)
	@$(PY) -m ruff check $(CODE)
	@mkdir -p reports
	@$(PY) -m flake8 --format=html --htmldir=reports/flake8 $(CODE) || $(PY) -m flake8 $(CODE)

workflow-lint: .tools/actionlint ## The workflows of GitHub: actionlint, built with Go (20 seconds, once)
	@if [ -x $< ]; then $<; else echo "Go is not installed: the workflows were not looked at"; fi

.tools/actionlint: | ready-to-run
	@if command -v go >/dev/null; then $(PY) -m services.local.servers.build actionlint; fi

licenses: ready-to-work ## Third-party licences, into docs/third-party.md
	@$(PY) -m tests.licenses

types: ready-to-work ## Types: mypy --strict
	@$(PY) -m mypy $(CODE)

imports: ready-to-work ## Layers: who may import whom, see .importlinter
	@$(VENV)/bin/lint-imports

format: ready-to-work ## Format the code, and mend what can be mended
	@$(PY) -m ruff check --fix-only --quiet $(CODE)
	@$(PY) -m ruff format $(CODE)
	@if [ -d frontend/node_modules ]; then npm --prefix frontend run -s format; fi

# --- the web page --------------------------------------------------------------------------------

PAGE := frontend/dist/index.html
PAGE_SOURCES := $(shell find frontend -type f -not -path '*/node_modules/*' \
	-not -path '*/dist/*' -not -path '*/tests/*' 2>/dev/null)

web: $(PAGE) ## Build the page, when its sources changed

screenshots: web ## Pictures of every state of the page, of the stack that runs; they go to reports/page
	@node tests/e2e/browser/screenshots.mjs $(ARGS)

web-lint: web ## Style of the page, and how much a browser loads before it is seen
	@npm --prefix frontend run -s lint
	@npm --prefix frontend run -s size

web-test: frontend/node_modules/.ready ## Test the page's parts
	@npm --prefix frontend test

api-types: ready-to-work frontend/node_modules/.ready ## Write the OpenAPI documents and the page's types of them
	@$(PY) -m tests.contract.documents
	@npm --prefix frontend run -s api-types

$(PAGE): frontend/node_modules/.ready $(PAGE_SOURCES)
	@npm --prefix frontend run build
	@touch $@

# --- setting up ----------------------------------------------------------------------------------

ready-to-run: $(VENV)/.ready-to-run
ready-to-work: $(VENV)/.ready-to-work

# Where addresses are on the map, see services/local/geoip.
geoip: services/local/geoip/node_modules/.ready

# A run needs fewer packages than the work on the code; neither takes away what the other brought.
$(VENV)/.ready-to-run: $(VENV)/bin/uv uv.lock pyproject.toml
	@echo "Installing what a run needs"
	@$(UV) sync --quiet --frozen --inexact --no-default-groups --group local
	@touch $@

$(VENV)/.ready-to-work: $(VENV)/bin/uv uv.lock pyproject.toml
	@echo "Installing what the work on the code needs"
	@$(UV) sync --quiet --frozen --inexact
	@touch $@ $(VENV)/.ready-to-run

$(VENV)/bin/uv:
	@$(PYTHON) -c '$(FITS)' 2>/dev/null || { echo "Meridian needs Python 3.11, 3.12 or 3.13; \
	$(PYTHON) is `$(PYTHON) --version 2>/dev/null || echo none`. Name another: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "$(PYTHON) cannot make virtual environments. \
	On Debian and Ubuntu: apt install python3-venv" >&2; rm -rf $(VENV); exit 1; }
	@$(PY) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

# For each package.json: what its lock file names, once for every change of that file.
%/node_modules/.ready: %/package.json %/package-lock.json
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null || { \
	echo "Meridian needs Node 20 or later, with npm; here is `node --version 2>/dev/null || echo none`" >&2; \
	exit 1; }
	@echo "Installing what $* needs"
	@npm ci --prefix $* --no-fund --no-audit --loglevel=error
	@touch $@

clean: ## Remove what was built or cached; data of local stacks and installed packages stay
	@rm -rf frontend/dist reports .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +

tell: # Send the outcome of a CI run to Telegram; needs no set-up, so that it works when that fails
	@if [ -z "$$TELEGRAM_TOKEN" ] || [ -z "$$TELEGRAM_CHAT_ID" ]; then \
		echo "TELEGRAM_TOKEN or TELEGRAM_CHAT_ID is not set: nobody is told"; exit 0; fi; \
	if [ "$$PASSED" = true ]; then outcome="✅ passed"; else outcome="❌ failed"; fi; \
	printf 'url = "%s/bot%s/sendMessage"\n' "$${TELEGRAM_API:-https://api.telegram.org}" "$$TELEGRAM_TOKEN" \
		| curl --config - --silent --show-error --fail --max-time 20 --retry 3 --output /dev/null \
			--data-urlencode "chat_id=$$TELEGRAM_CHAT_ID" --data disable_web_page_preview=true \
			--data-urlencode "text=Meridian $$outcome: $$BRANCH $$(echo "$$COMMIT" | cut -c1-8) by $$AUTHOR $$RUN"
