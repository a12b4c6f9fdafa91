"""Wakes the relay: an event waits in the outbox. Lost rings cost a moment, never an event."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog
from redis.exceptions import RedisError

from shared.tasks import cancel

if TYPE_CHECKING:
    from redis.asyncio import Redis

log = structlog.get_logger(__name__)

CHANNEL = "meridian:outbox"


class Doorbell:
    """One side rings after its commit and goes on at once; the other waits for a ring or a time."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._is_rung = False
        self._telling: asyncio.Task[None] | None = None

    def ring(self) -> None:
        """Have the relay told; nobody waits for Redis here, and many rings are told as one."""
        self._is_rung = True
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell())

    async def close(self) -> None:
        """Ring no more; what was not told is found by the relay itself a little later."""
        if self._telling is not None:
            await cancel([self._telling])

    async def _tell(self) -> None:
        while self._is_rung:
            self._is_rung = False
            try:
                await self._redis.publish(CHANNEL, "")
            except (RedisError, OSError) as error:
                log.warning("doorbell_unheard", error=repr(error))
