"""Somebody who follows the live feed, for the tests of all that is told there."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.storage.conftest import make_token

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.storage.conftest import Person, Storage

PATIENCE = 15


@dataclass(slots=True)
class Ear:
    """Somebody who follows the stream; what was heard, in order, and what was said of cities."""

    task: asyncio.Task[None] | None = None
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    heard: list[dict[str, Any]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    cities: list[tuple[str, str]] = field(default_factory=list)
    after: str = ""
    more: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, count: int) -> None:
        """Wait until so much was heard."""
        async with asyncio.timeout(PATIENCE):
            while len(self.heard) < count:
                self.more.clear()
                await self.more.wait()

    async def until_city(self, server: str, state: str) -> None:
        """Wait until a city is said to be in a state; what was said before is forgotten."""
        async with asyncio.timeout(PATIENCE):
            while (server, state) not in self.cities:
                self.more.clear()
                await self.more.wait()
        self.cities.clear()

    async def until_heard(self, kind: str, behind: int) -> None:
        """Wait until such an event was heard behind so many others."""
        async with asyncio.timeout(PATIENCE):
            while kind not in {news["type"] for news in self.heard[behind:]}:
                self.more.clear()
                await self.more.wait()

    async def follow(self, storage: Storage, person: Person) -> None:
        headers = {"Authorization": f"Bearer {make_token(person.id, person.session_id)}"}
        if self.after:
            headers["Last-Event-ID"] = self.after
        async with storage.client.get("/storage/api/v1/live", headers=headers) as answer:
            assert answer.content_type == "text/event-stream"
            entry_id = ""
            async for line in answer.content:
                self.begun.set()
                if line.startswith(b"id: "):
                    entry_id = line[4:].decode().strip()
                if line.startswith(b"data: "):
                    self._hear(entry_id, json.loads(line[6:]))

    def _hear(self, entry_id: str, news: dict[str, Any]) -> None:
        # Kept apart: a busy machine makes cities slow at any moment, and everybody is told so.
        if news["type"] == "server.changed":
            self.cities.append((news["server"], news["state"]))
        else:
            self.ids.append(entry_id)
            self.heard.append(news)
        self.more.set()


@asynccontextmanager
async def listening(storage: Storage, person: Person, after: str = "") -> AsyncIterator[Ear]:
    """Follow the stream from its first line on while the block runs."""
    ear = Ear(after=after)
    ear.task = asyncio.create_task(ear.follow(storage, person))
    await asyncio.wait_for(ear.begun.wait(), PATIENCE)
    yield ear
    ear.task.cancel()
