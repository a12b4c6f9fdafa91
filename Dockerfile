# What Meridian's containers are made of:
#
#   service   auth, storage, relay, replicator and migrate; the command chooses
#   gateway   Caddy with the web page
#   geoip     where addresses are, copied into a volume
#   minio     MinIO, which is published as source only
#
# Whoever builds names one of these. Nothing here needs BuildKit.
ARG PYTHON_IMAGE=python:3.13.9-slim-trixie
ARG NODE_IMAGE=node:22.21.1-trixie-slim
ARG CADDY_IMAGE=caddy:2.11.7
ARG GO_IMAGE=golang:1.26-trixie
ARG DEBIAN_IMAGE=debian:trixie-slim

# --- the web page --------------------------------------------------------------------------------
FROM ${NODE_IMAGE} AS page
WORKDIR /page
COPY frontend/.npmrc frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-fund --no-audit --loglevel=error
COPY frontend ./
RUN npm run build

FROM ${CADDY_IMAGE} AS gateway
COPY services/gateway/Caddyfile /etc/caddy/Caddyfile
COPY --from=page /page/dist /srv/web
ENV MERIDIAN_WEB_ROOT=/srv/web
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]

# --- where addresses are: DB-IP City Lite, CC BY 4.0 ---------------------------------------------
FROM ${NODE_IMAGE} AS geoip-files
WORKDIR /geoip
COPY services/local/geoip/package.json services/local/geoip/package-lock.json ./
RUN npm ci --no-fund --no-audit --loglevel=error && mv node_modules/*/*/*.mmdb . && rm -r node_modules

FROM ${PYTHON_IMAGE} AS geoip
COPY --from=geoip-files /geoip /files
# Services have the files in /geoip open: each is replaced, never written to.
CMD ["sh", "-euc", "cd /files/; for name in *.mmdb; do cmp -s $name /geoip/$name || { cp $name /geoip/new; mv /geoip/new /geoip/$name; }; done"]

# --- the services --------------------------------------------------------------------------------
FROM ${PYTHON_IMAGE} AS packages
ARG UV_VERSION=0.13.9
RUN python3 -m venv /uv && /uv/bin/pip install --quiet --no-cache-dir uv==${UV_VERSION}
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy /uv/bin/uv sync --quiet --frozen --no-cache \
        --no-default-groups --compile-bytecode \
    && find .venv -name tests -type d -prune -exec rm -r {} + \
    # of all the services of AWS only S3 is spoken to
    && find .venv/lib/*/site-packages/botocore/data -mindepth 1 -maxdepth 1 -type d ! -name s3 \
        -exec rm -r {} +

FROM ${PYTHON_IMAGE} AS service
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /app --shell /usr/sbin/nologin meridian
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1
COPY --from=packages /app/.venv .venv
COPY .env.example ./
COPY sql sql
COPY shared shared
COPY services services
COPY examples examples
RUN python3 -m compileall -q services shared examples
USER 10001:10001
HEALTHCHECK --interval=5s --timeout=4s --start-period=30s --retries=4 \
    CMD ["python", "-m", "shared.healthy"]
ENTRYPOINT ["python", "-m"]
CMD ["services.storage", "--help"]

# --- MinIO, the last commit of its community edition ----------------------------------------------
# The last stages, for the classic builder makes all stages before the one it is asked for.
FROM ${GO_IMAGE} AS minio-build
RUN CGO_ENABLED=0 GOBIN=/built go install -trimpath -ldflags="-s -w" \
    github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c

FROM ${DEBIAN_IMAGE} AS minio
RUN useradd --uid 10002 --user-group --no-create-home --shell /usr/sbin/nologin minio \
    && mkdir -p /data /events && chown 10002:10002 /data /events
COPY --from=minio-build /built/minio /usr/local/bin/minio
USER 10002:10002
VOLUME ["/data", "/events"]
ENTRYPOINT ["minio", "server", "--quiet", "--certs-dir", "/tmp/certs", "/data"]
