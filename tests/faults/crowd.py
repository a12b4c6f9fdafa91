"""People who upload and delete while everything breaks, and remember what they were promised."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.world.people import Visitor

SMALL, LARGE = 200_000, 3_000_000
# Of an outage, with a word when to come again; everything else is a fault of ours.
PASSING = 503
# What is sent anew: it did not arrive, arrived damaged, or its city was removed before.
AGAIN = frozenset(("UPLOAD_INCOMPLETE", "CHECKSUM_MISMATCH", "UPLOAD_EXPIRED"))
TRY_SECONDS = 8


class RefusedError(Exception):
    """The service asked to come again later, or did not answer."""


@dataclass(slots=True)
class Crowd:
    """What was acknowledged: contents by file, and the files that were deleted."""

    people: list[Visitor]
    kept: dict[str, str] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)
    refused: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def acked(self) -> int:
        """How many changes a person was told of as done."""
        return len(self.kept) + 2 * len(self.deleted)

    @asynccontextmanager
    async def busy(self) -> AsyncIterator[None]:
        """Have everybody work while the block runs, and finish what they do."""
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for person in self.people:
                group.create_task(self._work(person, stop))
            try:
                yield
            finally:
                stop.set()

    async def upload(self, person: Visitor, content: bytes, name: str = "") -> str | None:
        """Upload a file; its id once it is acknowledged."""
        digest = hashlib.sha256(content).hexdigest()
        body = {"name": name or f"{digest[:12]}.bin", "size": len(content), "sha256": digest}
        with suppress(RefusedError):
            started = await self.ask(person, "POST", "/uploads", json=body)
            if started and await self._put(person, started, content):
                done = await self.ask(person, "POST", f"/uploads/{started['id']}/complete")
                if done:
                    self.kept[done["id"]] = digest
                    return str(done["id"])
        return None

    async def delete(self, person: Visitor, file_id: str) -> None:
        """Delete a file for ever; without an answer nobody knows whether it is."""
        self.kept.pop(file_id, None)
        self.doubtful.add(file_id)
        with suppress(RefusedError):
            await self.ask(person, "DELETE", f"/files/{file_id}")
            self.deleted.add(file_id)
            self.doubtful.discard(file_id)

    async def ask(
        self, person: Visitor, method: str, path: str, **options: Any
    ) -> dict[str, Any] | None:
        """Call the storage API; RefusedError when it cannot now, an error noted for all else."""
        try:
            status, body, headers = await _send(person, method, path, options)
        except (aiohttp.ClientError, TimeoutError, OSError):
            status, body, headers = PASSING, {}, {"Retry-After": "1"}
        if status < 300:
            return body
        passing = status == PASSING and "Retry-After" in headers
        if passing or body.get("code") in AGAIN:
            self.refused += 1
            raise RefusedError
        self.errors.append(f"{method} {path}: {status} {body}")
        return None

    async def _work(self, person: Visitor, stop: asyncio.Event) -> None:
        while not stop.is_set():
            size = random.randint(1, SMALL) if random.random() < 0.9 else LARGE
            file_id = await self.upload(person, os.urandom(size))
            if file_id and random.random() < 0.2:
                await self.delete(person, file_id)
            await asyncio.sleep(0.02 if file_id else 0.2)

    async def _put(self, person: Visitor, started: dict[str, Any], content: bytes) -> bool:
        sending = person.session.put(
            started["url"],
            data=BytesIO(content),
            headers=started["headers"],
            timeout=aiohttp.ClientTimeout(total=TRY_SECONDS),
        )
        try:
            async with sending as answer:
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False


async def _send(
    person: Visitor, method: str, path: str, options: dict[str, Any]
) -> tuple[int, dict[str, Any], Any]:
    headers = {
        "Authorization": f"Bearer {person.tokens['access_token']}",
        "X-Fake-IP": person.fake_ip,
    }
    url = f"{person.info['services']['storage']}{path}"
    timeout = aiohttp.ClientTimeout(total=TRY_SECONDS)
    asking = person.session.request(method, url, headers=headers, timeout=timeout, **options)
    async with asking as answer:
        body = await answer.json(content_type=None) if answer.status != 204 else {}
        return answer.status, body if isinstance(body, dict) else {}, answer.headers
