"""People who use the product over HTTP only."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

import aiohttp

from tests.shapes import check_shape, read_document
from tests.storage.sending import put_parts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

TRAVEL_SECONDS = 30


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
        if "parts" in started:
            await put_parts(started, content)
            return started
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


@asynccontextmanager
async def visitors_of(
    info: dict[str, Any], addresses: Iterable[str]
) -> AsyncIterator[dict[str, Visitor]]:
    """People of a stack by the address they come from, and `nobody` anywhere; none logged in."""
    async with aiohttp.ClientSession() as session:
        documents = {}
        for service in info["services"]:
            url = f"{info['address']}/{service}/api/openapi.json"
            async with session.get(url) as answer:
                documents[service] = read_document(await answer.read())
        people = {address: Visitor(session, info, documents, address) for address in addresses}
        yield {**people, "nobody": Visitor(session, info, documents)}


@asynccontextmanager
async def people_of(
    info: dict[str, Any], addresses: Iterable[str]
) -> AsyncIterator[dict[str, Visitor]]:
    """Log the accounts of a local stack in; the demo person once for each address."""
    accounts = {account["username"]: account for account in info["accounts"]}
    async with visitors_of(info, addresses) as people:
        people["admin"] = people.pop("nobody")
        for name, person in people.items():
            account = accounts["admin" if name == "admin" else "demo"]
            await person.log_in(account["username"], account["password"])
        yield people
