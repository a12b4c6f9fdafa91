"""The whole product as `make run` starts it, and people who use it over HTTP only."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from tests.shapes import check_shape
from tests.world.places import write_places

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

START_SECONDS = 60
STOP_SECONDS = 10
TRAVEL_SECONDS = 30
PROJECT = Path(__file__).parents[2]


@dataclass(slots=True)
class Stack:
    """A running product; `info` is its run.json."""

    home: Path
    process: subprocess.Popen[bytes]
    info: dict[str, Any]

    def pid(self, name: str) -> int:
        """Which process has this name now."""
        return int(json.loads((self.home / "run.json").read_text())["pids"][name])

    def server(self, name: str) -> dict[str, Any]:
        """How to reach a city's S3 server without us."""
        return next(server for server in self.info["servers"] if server["name"] == name)


def start_stack(home: Path, **environment: str) -> Stack:
    """Run the product in a folder of its own and wait until it says where it is."""
    process = subprocess.Popen(
        [sys.executable, "-m", "services", "--home", str(home)],
        cwd=PROJECT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    deadline = time.monotonic() + START_SECONDS
    while not (home / "run.json").exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise AssertionError(process.communicate()[0].decode())
        time.sleep(0.05)
    return Stack(home, process, json.loads((home / "run.json").read_text()))


def stop_stack(stack: Stack) -> float:
    """Ask the product to end; how many seconds it took."""
    began = time.monotonic()
    stack.process.send_signal(signal.SIGTERM)
    stack.process.communicate(timeout=STOP_SECONDS)
    return time.monotonic() - began


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One running product for all tests that leave it as they found it."""
    folder = tmp_path_factory.mktemp("stack")
    places = write_places(folder / "places.mmdb")
    running = start_stack(
        folder / "home", MERIDIAN_GEOIP_DB=str(places), MERIDIAN_LEASE_SECONDS="5"
    )
    yield running
    stop_stack(running)


@dataclass(slots=True)
class Visitor:
    """A person with an account, somewhere in the world."""

    session: aiohttp.ClientSession
    info: dict[str, Any]
    documents: dict[str, dict[str, Any]]
    fake_ip: str = ""
    tokens: dict[str, Any] = field(default_factory=dict)

    async def call(
        self, service: str, method: str, path: str, status: int = 200, **options: Any
    ) -> dict[str, Any]:
        """Call an API, check status and shape of the answer, return its body."""
        headers = dict(options.pop("headers", {}))
        if self.tokens:
            headers["Authorization"] = f"Bearer {self.tokens['access_token']}"
        if self.fake_ip:
            headers["X-Fake-IP"] = self.fake_ip
        url = f"{self.info['services'][service]}{path}"
        async with self.session.request(method, url, headers=headers, **options) as answer:
            assert answer.status == status, await answer.text()
            return await check_shape(self.documents[service], answer) or {}

    async def auth(
        self, method: str, path: str, status: int = 200, **options: Any
    ) -> dict[str, Any]:
        """Call the auth service."""
        return await self.call("auth", method, path, status, **options)

    async def storage(
        self, method: str, path: str, status: int = 200, **options: Any
    ) -> dict[str, Any]:
        """Call the storage service."""
        return await self.call("storage", method, path, status, **options)

    async def log_in(self, username: str, password: str) -> None:
        """Get tokens."""
        body = {"username": username, "password": password}
        self.tokens = await self.auth("POST", "/login", json=body)

    async def start(self, name: str, content: bytes, **more: Any) -> dict[str, Any]:
        """Start an upload and PUT the bytes, without saying that they are there."""
        body = {"name": name, "size": len(content), **more}
        started = await self.storage("POST", "/uploads", 201, json=body)
        sending = self.session.put(
            started["url"], data=BytesIO(content), headers=started["headers"]
        )
        async with sending as answer:
            assert answer.status == 200, await answer.text()
        return started

    async def upload(self, name: str, content: bytes, **more: Any) -> dict[str, Any]:
        """Upload a file; the answer to the start, with the stored file in it."""
        started = await self.start(name, content, **more)
        started["file"] = await self.storage("POST", f"/uploads/{started['id']}/complete")
        return started

    async def wait_for_copies(
        self, file_id: str, ready: int = 3, seconds: float = TRAVEL_SECONDS
    ) -> dict[str, Any]:
        """Wait until so many cities have a verified copy."""
        file: dict[str, Any] = {}
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            file = await self.storage("GET", f"/files/{file_id}")
            if file["replicas"]["ready"] >= ready:
                return file
            await asyncio.sleep(0.1)
        raise AssertionError(f"{ready} copies after {seconds} s: {file}")

    async def read(self, url: str) -> bytes:
        """GET what a link leads to."""
        async with self.session.get(url) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.read()


@pytest.fixture
async def visitors(stack: Stack) -> AsyncIterator[dict[str, Visitor]]:
    """The demo person in three places, and the superuser."""
    async for people in people_of(stack):
        yield people


async def people_of(stack: Stack) -> AsyncIterator[dict[str, Visitor]]:
    """Log the accounts of a stack in; the demo person once for each address."""
    from tests.world.places import NEAREST

    accounts = {account["username"]: account for account in stack.info["accounts"]}
    async with aiohttp.ClientSession() as session:
        documents = {}
        for service in ("auth", "storage"):
            url = f"{stack.info['address']}/{service}/api/openapi.json"
            async with session.get(url) as answer:
                documents[service] = await answer.json()
        people = {address: Visitor(session, stack.info, documents, address) for address in NEAREST}
        people["admin"] = Visitor(session, stack.info, documents)
        for name, person in people.items():
            account = accounts["admin" if name == "admin" else "demo"]
            await person.log_in(account["username"], account["password"])
        yield people
