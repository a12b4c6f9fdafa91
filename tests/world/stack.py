"""The whole product as `make run` starts it, in a home of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp

from shared.signer import Credentials, presign

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROJECT = Path(__file__).parents[2]
START_SECONDS = 150
STOP_SECONDS = 10
REGION = "us-east-1"


@dataclass(slots=True)
class Stack:
    """A running product; what it shows on the terminal goes to a file."""

    home: Path
    process: subprocess.Popen[bytes]

    @property
    def info(self) -> dict[str, Any]:
        """What run.json says now."""
        told: dict[str, Any] = json.loads((self.home / "run.json").read_text())
        return told

    @property
    def screen(self) -> str:
        """What the person at the terminal saw so far."""
        return (self.home / "screen").read_text()

    def pid(self, name: str) -> int:
        """Which process has this name now; 0 when none has."""
        return int(self.info["pids"].get(name, 0))

    def server(self, name: str) -> dict[str, Any]:
        """How to reach a city's S3 server without us."""
        return next(server for server in self.info["servers"] if server["name"] == name)

    def wait(self, until: Callable[[], object], seconds: float = START_SECONDS) -> None:
        """Wait until something holds while the product runs."""
        deadline = time.monotonic() + seconds
        while not until():
            assert self.process.poll() is None, self.screen
            assert time.monotonic() < deadline, self.screen
            time.sleep(0.05)

    def stop(self) -> float:
        """Ask the product to end; how many seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(STOP_SECONDS)
        return time.monotonic() - began

    async def get_object(self, name: str, key: str) -> bytes | None:
        """Read an object from a node itself, past everything that is ours."""
        server = self.server(name)
        credentials = Credentials(server["access_key"], server["secret_key"])
        place = (server["node_endpoint"], REGION, server["bucket"])
        url = presign(credentials, *place, "GET", key, 60)
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return await answer.read() if answer.status == 200 else None

    async def set_fault(self, name: str, fault: dict[str, Any] | None) -> None:
        """Slow or lose a city by its edge; None heals it."""
        url = f"{self.server(name)['endpoint']}/-/fault"
        method = "DELETE" if fault is None else "PUT"
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, url, json=fault) as answer,
        ):
            assert answer.status < 300, await answer.text()


def start_stack(home: Path, *options: str, **environment: str) -> Stack:
    """Run the product and wait until it says where it is."""
    home.mkdir(exist_ok=True)
    given = {name: text for name, text in os.environ.items() if name != "MERIDIAN_PORT"}
    with (home / "screen").open("wb") as screen:
        process = subprocess.Popen(
            [sys.executable, "-m", "services", "--home", str(home), *options],
            cwd=PROJECT,
            env={**given, **environment},
            stdout=screen,
            stderr=subprocess.STDOUT,
        )
    stack = Stack(home, process)
    try:
        stack.wait((home / "run.json").exists)
    except BaseException:
        process.kill()
        process.wait()
        raise
    return stack


@contextmanager
def running_stack(home: Path, *options: str, **environment: str) -> Iterator[Stack]:
    """Run the product while the block runs, however that ends."""
    stack = start_stack(home, *options, **environment)
    try:
        yield stack
        if stack.process.poll() is None:
            stack.stop()
    finally:
        stack.process.kill()
        stack.process.wait()


def key_of(url: str) -> str:
    """The key of the object that a presigned URL is for."""
    return url.partition("?")[0].rpartition("/")[2]
