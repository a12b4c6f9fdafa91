"""The live feed: events of the stream, handed to the people who may see them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import structlog
from redis.exceptions import RedisError

from services.storage.live.news import (
    BEFORE_ALL,
    before_more,
    id_of,
    in_order,
    may_see,
    shared_things,
)
from shared.db_outage import DATABASE_ERRORS
from shared.events import BULK_STREAM, FILES_STREAM, NEWS_STREAM

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from collections.abc import Set as AbstractSet
    from uuid import UUID

    from redis.asyncio import Redis

    from services.storage.live.news import EntryId, FindReaders, News, Readers

log = structlog.get_logger(__name__)

BLOCK_SECONDS = 5
BATCH = 200
RETRY_SECONDS = 1.0
UNHEARD_SECONDS = 1.0
# A reader this far behind is let go: it comes back and reads the list afresh.
LONGEST_QUEUE = 200
STREAMS = (FILES_STREAM, BULK_STREAM, NEWS_STREAM)
OUTAGES = (RedisError, *DATABASE_ERRORS)


class LiveFeed:
    """One reader of the stream a process, any number of listening pages."""

    def __init__(self, redis: Redis, find_readers: FindReaders) -> None:
        self._redis = redis
        self._find_readers = find_readers
        self._queues: dict[asyncio.Queue[News], UUID] = {}
        self._joined = asyncio.Event()

    async def listen(
        self, user_id: UUID, silence_seconds: float, after: EntryId | None = None
    ) -> AsyncIterator[News | None]:
        """Yield what this person may see as it happens, and None after each silence.

        First what happened `after` an event, as far as it is still known.
        """
        queue: asyncio.Queue[News] = asyncio.Queue(LONGEST_QUEUE)
        self._queues[queue] = user_id
        self._joined.set()
        seen = dict.fromkeys(STREAMS, after or BEFORE_ALL)
        try:
            if after:
                async for missed in self._missed(user_id, seen):
                    yield missed
            async for news in self._queued(queue, silence_seconds):
                if news is None or news.id > seen[news.stream]:
                    yield news
        finally:
            self._queues.pop(queue, None)

    def tell(self, news: News, readers: Readers) -> None:
        """Hand an event to everybody who may see it."""
        for queue, user_id in list(self._queues.items()):
            if not may_see(user_id, news.event, readers):
                continue
            try:
                queue.put_nowait(news)
            except asyncio.QueueFull:
                del self._queues[queue]

    async def follow(self) -> None:
        """Read new entries of all streams until cancelled, seldom while nobody listens."""
        last: dict[str, str] = {}
        while True:
            try:
                last = last or await self._newest()
                await self._until_heard()
                await self._read(last)
            except (RedisError, OSError) as error:
                log.warning("live_feed_waits_for_redis", error=repr(error))
                await asyncio.sleep(RETRY_SECONDS)

    async def _queued(
        self, queue: asyncio.Queue[News], silence_seconds: float
    ) -> AsyncIterator[News | None]:
        while queue in self._queues or not queue.empty():
            try:
                news = await asyncio.wait_for(queue.get(), silence_seconds)
            except TimeoutError:
                yield None
            else:
                yield news

    async def _newest(self) -> dict[str, str]:
        """Where to start: not at `$`, which would skip what arrives between two reads."""
        last = {}
        for stream in STREAMS:
            entries: Any = await self._redis.xrevrange(stream, count=1)
            last[stream] = entries[0][0] if entries else "0-0"
        return last

    async def _until_heard(self) -> None:
        self._joined.clear()
        if not self._queues:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._joined.wait(), UNHEARD_SECONDS)

    async def _read(self, last: dict[str, str]) -> None:
        """Hand on what is behind `last`, and move that on."""
        ids: dict[Any, Any] = {**last}
        streams: Any = await self._redis.xread(ids, count=BATCH, block=BLOCK_SECONDS * 1000)
        # In order, so that whoever comes back after one has heard all that was before it.
        pages, _ = before_more(streams or (), BATCH)
        last.update({stream: entries[-1][0] for stream, entries in pages if entries})
        if self._queues:
            heard = in_order(pages)
            readers = await self._readers(heard, set(self._queues.values()))
            for news in heard:
                self.tell(news, readers)

    async def _readers(self, heard: Sequence[News], listeners: AbstractSet[UUID]) -> Readers:
        """Who reads what others share; while PostgreSQL is away nobody does."""
        owners = shared_things(heard, listeners)
        if not owners:
            return {}
        try:
            return await self._find_readers(owners, listeners)
        except DATABASE_ERRORS as error:
            log.warning("live_feed_without_readers", error=repr(error))
            return {}

    async def _missed(self, user_id: UUID, seen: dict[str, EntryId]) -> AsyncIterator[News | None]:
        """Yield what is behind `seen`, and move that on; None while nobody knows."""
        is_more = True
        while is_more:
            try:
                heard, ends, are_full = await self._behind(seen)
                told = await self._seen_by(user_id, heard)
            except OUTAGES as error:
                log.warning("live_feed_waits", error=repr(error))
                await asyncio.sleep(RETRY_SECONDS)
                yield None
            else:
                for news in told:
                    yield news
                seen.update(ends)
                is_more = are_full

    async def _behind(
        self, seen: dict[str, EntryId]
    ) -> tuple[list[News], dict[str, EntryId], bool]:
        """What comes next behind `seen`, where it ends, and whether there may be more."""
        ids: dict[Any, Any] = {stream: "{}-{}".format(*last) for stream, last in seen.items()}
        # All at one moment: else what comes to one meanwhile would be told out of order.
        streams: Any = await self._redis.xread(ids, count=BATCH)
        pages, is_more = before_more(streams or (), BATCH)
        ends = {stream: id_of(entries[-1]) for stream, entries in pages if entries}
        return in_order(pages), ends, is_more

    async def _seen_by(self, user_id: UUID, heard: Sequence[News]) -> list[News]:
        owners = shared_things(heard, {user_id})
        readers = await self._find_readers(owners, {user_id}) if owners else {}
        return [news for news in heard if may_see(user_id, news.event, readers)]
