"""The stack under load: the one that runs, or one brought up for the time of the run."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from services.local.run.home import Home
from services.local.run.lock import pid_of_stack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PROJECT = Path(__file__).resolve().parents[1]
DEFAULT_HOME = ".meridian"
RUN_FILE = "run.json"
DATABASE = b"MERIDIAN_DATABASE_URL="
START_SECONDS = 120
STOP_SECONDS = 15
POLL_SECONDS = 0.1
SHOWN_LINES = 20
OF_MAKE = {"AGAINST", "ARGS", "MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MFLAGS"}


class StackError(Exception):
    """Why there is no stack to work with, in words for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A running stack: its address, its home, and all that its run.json says."""

    address: str
    home: Path
    run: Mapping[str, Any]

    @property
    def auth(self) -> str:
        """Base URL of the accounts API."""
        return f"{self.address}/auth/api/v1"

    @property
    def storage(self) -> str:
        """Base URL of the files API."""
        return f"{self.address}/storage/api/v1"

    def database_url(self) -> str:
        """The database as the storage service itself reaches it; with its password."""
        pid = self.run["pids"]["storage"]
        for pair in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
            if pair.startswith(DATABASE):
                return pair.removeprefix(DATABASE).decode()
        raise StackError("the storage service has no MERIDIAN_DATABASE_URL")


def home_folder() -> Path:
    """The home that the environment names, else the default one of the project."""
    return Path(os.environ.get("MERIDIAN_HOME") or PROJECT / DEFAULT_HOME).expanduser().resolve()


def outside_make(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment without what make was told: another make would take it for its own."""
    return {name: text for name, text in environment.items() if name not in OF_MAKE}


def is_loopback(url: str) -> bool:
    """Whether a URL points at this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def use_stack(address: str | None = None) -> Iterator[Stack]:
    """Yield the stack at `address`, else the one of the home, else one that ends with the block."""
    if address is not None:
        yield Stack(_checked(address), home_folder(), {})
        return
    running = find_stack(home_folder())
    if running is not None:
        yield running
        return
    with _temporary_stack() as started:
        yield started


def find_stack(home: Path) -> Stack | None:
    """The stack that runs from a home, if one does."""
    try:
        run = json.loads((home / RUN_FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    if not pid_of_stack(Home(home)):
        return None
    return Stack(_checked(run["address"]), home, run)


def _checked(address: str) -> str:
    if not is_loopback(address):
        raise StackError(f"{address} is not on this machine; only loopback addresses are loaded")
    return address.rstrip("/")


@contextmanager
def _temporary_stack() -> Iterator[Stack]:
    home = Path(tempfile.mkdtemp(prefix="meridian-"))
    log = home / "run.log"
    environment = {**os.environ, "MERIDIAN_HOME": str(home)}
    environment.pop("MERIDIAN_PORT", None)
    try:
        with log.open("wb") as output:
            process = subprocess.Popen(
                (sys.executable, "-m", "services"),
                cwd=PROJECT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        with _stopping(process):
            yield _wait(process, home, log)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _stopping(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], home: Path, log: Path) -> Stack:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        stack = find_stack(home)
        if stack is not None:
            return stack
        time.sleep(POLL_SECONDS)
    words = log.read_text(encoding="utf-8", errors="replace").splitlines()[-SHOWN_LINES:]
    raise StackError("\n".join(["the stack did not start; it said last:", *words]))
