"""The live feed: events of the stream, handed to the people who may see them."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import structlog
from redis.exceptions import RedisError

from services.storage.live.news import (
    BEFORE_ALL,
    before_more,
    ends_of,
    id_of,
    in_order,
    may_see,
    shared_things,
)
from shared.db_outage import DATABASE_ERRORS
from shared.events import BULK_STREAM, FILES_STREAM, NEWS_STREAM

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from uuid import UUID

    from redis.asyncio import Redis

    from services.storage.live.news import EntryId, FindReaders, News, Pages, Readers

log = structlog.get_logger(__name__)

BLOCK_SECONDS = 5
BATCH = 200
RETRY_SECONDS = 1.0
UNHEARD_SECONDS = 1.0
# As far as the clock of Redis, which numbers entries, may be behind ours.
LEEWAY_SECONDS = 60
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
        began: EntryId = (round(1000 * (time.time() - LEEWAY_SECONDS)), 0)
        last: dict[str, EntryId] = {}
        while True:
            try:
                last = last or await self._newest()
                await self._until_heard()
                await self._read(last)
            except (RedisError, OSError) as error:
                log.warning("live_feed_waits_for_redis", error=repr(error))
                # Whoever joins before Redis answers hears all that is told from then on.
                last = last or dict.fromkeys(STREAMS, began)
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

    async def _newest(self) -> dict[str, EntryId]:
        """Where to start: not at `$`, which would skip what arrives between two reads."""
        last = {}
        for stream in STREAMS:
            entries: Any = await self._redis.xrevrange(stream, count=1)
            last[stream] = id_of(entries[0]) if entries else BEFORE_ALL
        return last

    async def _until_heard(self) -> None:
        self._joined.clear()
        if not self._queues:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._joined.wait(), UNHEARD_SECONDS)

    async def _read(self, last: dict[str, EntryId]) -> None:
        """Hand on what is behind `last`, and move that on."""
        pages, _ = await self._behind(last, BLOCK_SECONDS * 1000)
        last.update(ends_of(pages))
        if not self._queues:
            return
        heard = in_order(pages)
        readers: Readers = {}
        # While PostgreSQL is away nobody reads what others share.
        try:
            readers = await self._readers(heard, set(self._queues.values()))
        except DATABASE_ERRORS as error:
            log.warning("live_feed_without_readers", error=repr(error))
        for news in heard:
            self.tell(news, readers)

    async def _readers(self, heard: Sequence[News], listeners: AbstractSet[UUID]) -> Readers:
        """Who reads what others share."""
        owners = shared_things(heard, listeners)
        return await self._find_readers(owners, listeners) if owners else {}

    async def _missed(self, user_id: UUID, seen: dict[str, EntryId]) -> AsyncIterator[News | None]:
        """Yield what is behind `seen`, and move that on; None while nobody knows."""
        is_more = True
        while is_more:
            try:
                pages, are_full = await self._behind(seen)
                told = await self._seen_by(user_id, in_order(pages))
            except OUTAGES as error:
                log.warning("live_feed_waits", error=repr(error))
                await asyncio.sleep(RETRY_SECONDS)
                yield None
            else:
                for news in told:
                    yield news
                seen.update(ends_of(pages))
                is_more = are_full

    async def _behind(
        self, seen: Mapping[str, EntryId], wait: int | None = None
    ) -> tuple[Pages, bool]:
        """What comes next behind `seen`, and whether there may be more.

        In order: whoever comes back after an entry has heard all that was before it. With `wait`
        for so many milliseconds, should there be nothing.
        """
        ids: dict[Any, Any] = {stream: "{}-{}".format(*last) for stream, last in seen.items()}
        # All at one moment: else what comes to one meanwhile would be told out of order.
        streams: Any = await self._redis.xread(ids, count=BATCH, block=wait)
        return before_more(streams or (), BATCH)

    async def _seen_by(self, user_id: UUID, heard: Sequence[News]) -> list[News]:
        readers = await self._readers(heard, {user_id})
        return [news for news in heard if may_see(user_id, news.event, readers)]
