"""A Docker engine for the containers test: the machine's own, or one of our own for the while.

`python -m tests.containers.engine` says whether one can be had.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from services.local.run.home import LocalError
from services.local.servers.build import build

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGES = ("docker.io", "iptables", "mmdebstrap")
BRIDGE = Path("/sys/class/net/docker0")
START_SECONDS = 60
STOP_SECONDS = 60


class NoEngineError(Exception):
    """What is missing for containers to run here."""


@dataclass(frozen=True, slots=True)
class Engine:
    """How to talk to an engine; `needs_stand_ins` when no image can be pulled."""

    environment: dict[str, str]
    needs_stand_ins: bool

    def docker(self, *argv: str, **more: object) -> str:
        """Run a docker command; its output, or CalledProcessError with what it said."""
        done = subprocess.run(
            ("docker", *argv),
            check=False,
            env=self.environment,
            capture_output=True,
            text=True,
            **more,  # type: ignore[call-overload]
        )
        if done.returncode:
            raise RuntimeError(
                f"docker {' '.join(argv)}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
            )
        return str(done.stdout)


@contextmanager
def running_engine() -> Iterator[Engine]:
    """Use the machine's Docker, else start one; NoEngineError says why neither is possible."""
    theirs = Engine(dict(os.environ), needs_stand_ins=os.environ.get("STAND_INS") == "1")
    if _works(theirs):
        yield theirs
        return
    if os.environ.get("INSTALL_ENGINE") != "1":
        raise NoEngineError(
            "No Docker engine with Compose v2 answers here. Start one, or, as root on Debian, let "
            "the test install and start its own: make test-containers INSTALL_ENGINE=1"
        )
    _install()
    with tempfile.TemporaryDirectory(prefix="meridian-engine-") as name:
        folder = Path(name)
        config = _with_compose(folder)
        with _daemon(folder) as socket:
            yield Engine(_environment(socket, config), needs_stand_ins=True)


def main() -> int:
    """Return 0 when an engine runs here, 1 and why when none does."""
    try:
        with running_engine() as engine:
            version = engine.docker("version", "--format", "{{.Server.Version}}").strip()
    except (NoEngineError, LocalError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"Docker {version}\n")
    return 0


def _environment(socket: Path, config: str) -> dict[str, str]:
    return {
        **os.environ,
        "DOCKER_HOST": f"unix://{socket}",
        "DOCKER_CONFIG": config,
        # Debian's engine comes without BuildKit's client, and its own builder would make one
        # image for many services many times at once.
        "DOCKER_BUILDKIT": "0",
        "COMPOSE_PARALLEL_LIMIT": "1",
    }


def _works(engine: Engine) -> bool:
    try:
        engine.docker("version", "--format", "{{.Server.Version}}", timeout=20)
        engine.docker("compose", "version", timeout=20)
    except (RuntimeError, OSError, subprocess.TimeoutExpired):
        return False
    return True


def _install() -> None:
    """Install Debian's engine, which starts nothing by itself."""
    if os.geteuid() != 0:
        raise NoEngineError("INSTALL_ENGINE=1 needs root, and this is an ordinary user")
    if shutil.which("apt-get") is None:
        raise NoEngineError(
            "INSTALL_ENGINE=1 knows Debian's packages only, and there is no apt-get"
        )
    if all(map(shutil.which, ("docker", "dockerd", "mmdebstrap", "iptables"))):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for argv in (
        ("apt-get", "update", "-qq"),
        ("apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES),
    ):
        done = subprocess.run(argv, check=False, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise NoEngineError(f"{' '.join(argv)} failed:\n{done.stderr[-2000:]}")


def _with_compose(folder: Path) -> str:
    plugins = folder / "config" / "cli-plugins"
    plugins.mkdir(parents=True)
    (plugins / "docker-compose").symlink_to(build("docker-compose"))
    return str(plugins.parent)


@contextmanager
def _daemon(folder: Path) -> Iterator[Path]:
    socket, log = folder / "docker.sock", folder / "dockerd.log"
    argv = (
        *("dockerd", "--host", f"unix://{socket}", "--data-root", str(folder / "data")),
        *("--exec-root", str(folder / "exec"), "--pidfile", str(folder / "pid")),
    )
    had_bridge = BRIDGE.exists()
    with log.open("wb") as output:
        process = subprocess.Popen(argv, stdout=output, stderr=output, start_new_session=True)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(socket):
            if process.poll() is not None or time.monotonic() > deadline:
                said = log.read_text(errors="replace")[-2000:]
                raise NoEngineError(f"dockerd does not start here:\n{said}")
            time.sleep(0.2)
        yield socket
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(STOP_SECONDS)
        if not had_bridge and shutil.which("ip"):
            subprocess.run(("ip", "link", "delete", BRIDGE.name), check=False, capture_output=True)


def _answers(socket: Path) -> bool:
    if not socket.exists():
        return False
    argv = ("docker", "--host", f"unix://{socket}", "version")
    return subprocess.run(argv, check=False, capture_output=True).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
