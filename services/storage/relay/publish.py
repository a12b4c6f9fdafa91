"""The relay: outbox rows → Redis Stream, each at least once and in the order of their ids."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import structlog
from redis.exceptions import RedisError

from services.storage.events.doorbell import CHANNEL
from services.storage.events.outbox import mark_published, take_waiting
from shared.events import (
    BULK_STREAM,
    FILES_STREAM,
    NEWS_LENGTH,
    NEWS_STREAM,
    ONLY_NEWS,
    FolderChanged,
)
from shared.pulse import PULSE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redis.asyncio import Redis
    from redis.asyncio.client import Pipeline, PubSub

    from services.storage.events.outbox import Waiting
    from shared.db import Pool

log = structlog.get_logger(__name__)

BATCH = 500
LOOK_EVERY_SECONDS = 0.5
RETRY_SECONDS = 1.0


class Relay:
    """Several relays may run: each takes rows that no other has locked."""

    def __init__(self, pool: Pool, redis: Redis) -> None:
        self._pool = pool
        self._redis = redis

    async def run(self) -> None:
        """Publish until cancelled; an outage of either side only makes it later."""
        while True:
            try:
                async with self._redis.pubsub() as bell:
                    await bell.subscribe(CHANNEL)
                    await self._publish_and_listen(bell)
            except (RedisError, OSError) as error:
                log.warning("relay_waits_for_redis", error=repr(error))
            except Exception as error:  # noqa: BLE001 the relay outlives every outage
                log.warning("relay_waits", error=repr(error))
            await asyncio.sleep(RETRY_SECONDS)

    async def publish_waiting(self) -> int:
        """Move one batch; how many events it held.

        The rows stay locked until the stream has them. Killed in between, the batch is sent
        again: whoever reads it has to take an event twice.
        """
        async with self._pool.acquire() as db, db.transaction():
            waiting = await take_waiting(db, BATCH)
            if not waiting:
                return 0
            async with self._redis.pipeline(transaction=False) as pipe:
                for event in _once(waiting):
                    _add(pipe, event)
                await pipe.execute()
            await mark_published(db, [event.id for event in waiting])
        return len(waiting)

    async def _publish_and_listen(self, bell: PubSub) -> None:
        while True:
            published = await self.publish_waiting()
            PULSE.beat(LOOK_EVERY_SECONDS)
            if published < BATCH:
                await bell.get_message(ignore_subscribe_messages=True, timeout=LOOK_EVERY_SECONDS)


def _once(waiting: Sequence[Waiting]) -> Iterator[Waiting]:
    """Leave out what says the same as one before: of many that are moved, each tells its folder."""
    told: set[tuple[str | None, str | None]] = set()
    for event in waiting:
        folder = event.entry.get("owner_id"), event.entry.get("folder_id")
        if event.entry.get("type") != FolderChanged.type:
            yield event
        elif folder not in told:
            told.add(folder)
            yield event


def _add(pipe: Pipeline, event: Waiting) -> None:
    """Append an event to the stream of those who have to do with it."""
    fields: dict[Any, Any] = {**event.entry}
    if event.entry.get("type") in ONLY_NEWS:
        pipe.xadd(NEWS_STREAM, fields, maxlen=NEWS_LENGTH)
    else:
        pipe.xadd(BULK_STREAM if event.is_bulk else FILES_STREAM, fields)
