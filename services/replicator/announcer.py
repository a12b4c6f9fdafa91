"""Tells live pages what happened to a replica: as well as it can, and without ever waiting."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog
from redis.exceptions import RedisError

from shared.events import encode

if TYPE_CHECKING:
    from services.replicator.stream import Stream
    from shared.events import Event

log = structlog.get_logger(__name__)

MOST_WAITING = 1000
# After news, others gather: the first are told at once.
GATHER_SECONDS = 0.05


class Announcer:
    """A queue in front of the stream; when Redis is away, news get old and are dropped."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._waiting: asyncio.Queue[Event] = asyncio.Queue(MOST_WAITING)

    def announce(self, event: Event) -> None:
        """Have an event told soon."""
        if not self._waiting.full():
            self._waiting.put_nowait(event)

    async def run(self) -> None:
        """Tell events until cancelled."""
        while True:
            events = [await self._waiting.get()]
            while not self._waiting.empty():
                events.append(self._waiting.get_nowait())
            try:
                await self._stream.add_news(encode(event) for event in events)
            except (RedisError, OSError) as error:
                log.info("not_announced", events=len(events), error=repr(error))
            await asyncio.sleep(GATHER_SECONDS)
