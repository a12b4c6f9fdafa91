"""Moves events of accounts to the stream, and tells of some again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import structlog
from redis.exceptions import RedisError

from services.auth.deletion.deleted import list_changed
from services.auth.deletion.outbox import insert_event, mark_published, take_waiting
from shared.account_events import STREAM
from shared.db_outage import DATABASE_ERRORS
from shared.redis import open_redis

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from shared.db import Pool

BATCH: Final = 100
LOOK_SECONDS: Final = 1.0
LONGEST_STREAM: Final = 100_000

AWAY: Final = (*DATABASE_ERRORS, RedisError, OSError)

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


async def relay_forever(db: Pool, redis_url: str) -> None:
    """Publish what waits, until cancelled; an outage of either side only makes it later."""
    redis = open_redis(redis_url)
    try:
        while True:
            try:
                await publish_waiting(db, redis)
            except AWAY as error:
                log.info("accounts.relay_waits", error=repr(error))
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        await redis.aclose()


async def publish_waiting(db: Pool, redis: Redis) -> None:
    """Move one batch; killed in between it is sent again, and read twice."""
    async with db.acquire() as connection, connection.transaction():
        waiting = await take_waiting(connection, BATCH)
        for _, entry in waiting:
            fields: dict[Any, Any] = {**entry}
            await redis.xadd(STREAM, fields, maxlen=LONGEST_STREAM, approximate=True)
        if waiting:
            await mark_published(connection, [number for number, _ in waiting])


async def tell_again(db: Pool) -> None:
    """Tell once more of who is off, or on again: Redis may have lost what it was told."""
    async with db.acquire() as connection, connection.transaction():
        for event in await list_changed(connection):
            await insert_event(connection, event)
