"""The compose file of the project, brought up under a name and on ports of its own."""

from __future__ import annotations

import os
import secrets
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp

from loadtest.stack import outside_make
from services.local.process.ports import LOOPBACK, keep_ports
from services.local.run.home import open_home
from shared.signer import Credentials, presign
from tests.world.cities import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.containers.engine import Engine

PROJECT = Path(__file__).parents[2]
OVERRIDE = Path(__file__).with_name("compose.override.yml")
SILENT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Settings:
    """The .env of a stack, and what is in it."""

    file: Path
    ports: dict[str, int]
    name: str

    def read(self, name: str) -> str:
        """One setting."""
        lines = self.file.read_text().splitlines()
        return next(line.partition("=")[2] for line in lines if line.startswith(f"{name}="))


def new_settings(folder: Path) -> Settings:
    """Choose free ports and write what differs from the defaults."""
    home = open_home(folder)
    ports = keep_ports(home, ("gateway", *NAMES))
    lines = [
        f"MERIDIAN_LISTEN={LOOPBACK}:{ports['gateway']}",
        f"MERIDIAN_PUBLIC_URL=http://{LOOPBACK}:{ports['gateway']}",
        "MERIDIAN_GEO_USE_REAL_IP=false",
        f"MERIDIAN_SILENT_UPLOAD_SECONDS={SILENT_SECONDS}",
        "MERIDIAN_LEASE_SECONDS=5",
        "MERIDIAN_SWEEP_SECONDS=2",
        "MERIDIAN_MOVIES_UPSTREAM=movies:8083",
        f"MERIDIAN_MOVIES_DB_PASSWORD={secrets.token_hex(16)}",
        f"MERIDIAN_MOVIES_PASSWORD={secrets.token_hex(16)}",
    ]
    for city in NAMES:
        prefix, place = f"MERIDIAN_{city.upper().replace('-', '_')}", f"{LOOPBACK}:{ports[city]}"
        lines += [f"{prefix}_LISTEN={place}", f"{prefix}_PUBLIC_URL=http://{place}"]
    file = folder / ".env"
    # As an operator begins: cp .env.example .env
    example = (PROJECT / ".env.example").read_text(encoding="utf-8")
    file.write_text(example + "\n".join(lines) + "\n", encoding="utf-8")
    return Settings(file, ports, f"meridian-test-{os.getpid()}")


class Measured:
    """What took how long, said at once and kept for the end."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.lines: list[str] = []
        self.tell = tell

    def note(self, line: str) -> None:
        """Keep a line."""
        self.lines.append(line)
        self.tell(line)

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Say that something long begins, and keep how long it took."""
        self.tell(f"{what} …")
        began = time.monotonic()
        yield
        self.note(f"{what}: {time.monotonic() - began:.0f} s")


class Containers:
    """The stack, and the commands that people use on it."""

    def __init__(self, engine: Engine, settings: Settings, measured: Measured) -> None:
        self.engine = engine
        self.settings = settings
        self.measured = measured
        self.environment = {
            **outside_make(engine.environment),
            "COMPOSE_PROJECT_NAME": settings.name,
            "COMPOSE_FILE": str(PROJECT / "docker-compose.yml"),
        }
        if engine.needs_stand_ins:
            self.environment["COMPOSE_FILE"] += f"{os.pathsep}{OVERRIDE}"

    def make(self, target: str, *, status: int = 0) -> str:
        """Run `make target` as an operator does; what it printed."""
        argv = ("make", "--no-print-directory", target, f"ENV_FILE={self.settings.file}")
        return self.run(argv, status, {})

    def compose(self, *argv: str, status: int = 0, **changes: str) -> str:
        """Run `docker compose` on the stack, with changes of the environment; what it printed."""
        start = ("docker", "compose", "--env-file", str(self.settings.file))
        return self.run((*start, *argv), status, changes)

    def bring_up(self) -> None:
        """Build the images and start everything."""
        with self.measured.timed("make up, images built"):
            said = self.make("up")
        assert f"Meridian answers at {self.info()['address']}." in said
        for name in ("service", "gateway", "geoip"):
            size = self.engine.docker("image", "inspect", f"meridian-{name}", "-f", "{{.Size}}")
            self.measured.note(f"image meridian-{name}: {int(size) / 1e6:.0f} MB with its base")

    def remove(self) -> None:
        """Remove containers, network and volumes; the log is kept where it is asked for."""
        log = os.environ.get("MERIDIAN_CONTAINERS_LOG")
        if log:
            Path(log).write_text(self.compose("logs", "--no-color", "--timestamps"))
        self.compose("down", "--volumes", "--remove-orphans", "--timeout", "5")

    def container(self, service: str, number: int = 1) -> str:
        """The name of a container."""
        return f"{self.settings.name}-{service}-{number}"

    def psql(self, statement: str, project: str = "") -> str:
        """Ask the database as its owner."""
        password = self.settings.read("MERIDIAN_POSTGRES_PASSWORD")
        shell = ("exec", "-T", "-e", f"PGPASSWORD={password}", "postgres")
        ask = ("psql", "-h", "127.0.0.1", "-U", "meridian", "-Atc", statement, "meridian")
        name = project or self.settings.name
        return self.compose(*shell, *ask, COMPOSE_PROJECT_NAME=name).strip()

    def info(self, *more: str) -> dict[str, Any]:
        """How to reach the stack, and more services than always, in the form of run.json."""
        address = f"http://{LOOPBACK}:{self.settings.ports['gateway']}"
        return {
            "address": address,
            "services": {name: f"{address}/{name}/api/v1" for name in ("auth", "storage", *more)},
        }

    def s3_endpoint(self, city: str) -> str:
        """A city's S3 server as clients reach it."""
        return f"http://{LOOPBACK}:{self.settings.ports[city]}"

    async def get_object(self, city: str, key: str) -> bytes | None:
        """Read an object from a city itself, past everything that is ours."""
        secret = self.settings.read(f"MERIDIAN_{city.upper().replace('-', '_')}_SECRET_KEY")
        place = (self.s3_endpoint(city), "us-east-1", "meridian")
        url = presign(Credentials(city, secret), *place, "GET", key, 60)
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return await answer.read() if answer.status == 200 else None

    def run(self, argv: tuple[str, ...], status: int, changes: dict[str, str]) -> str:
        """Run a command in the environment of the stack; what it printed."""
        done = subprocess.run(
            argv,
            check=False,
            cwd=PROJECT,
            env={**self.environment, **changes},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        said = f"{' '.join(argv)}:\n{done.stdout[-4000:]}"
        assert (done.returncode == 0) == (status == 0), said
        return done.stdout
