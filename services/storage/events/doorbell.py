"""Wakes the relay: an event waits in the outbox. Lost rings cost a moment, never an event."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from redis.asyncio import Redis

log = structlog.get_logger(__name__)

CHANNEL = "meridian:outbox"


class Doorbell:
    """One side rings after its commit, the other waits for a ring or a time."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def ring(self) -> None:
        """Tell the relay; without Redis it looks by itself a little later."""
        try:
            await self._redis.publish(CHANNEL, "")
        except (RedisError, OSError) as error:
            log.warning("doorbell_unheard", error=repr(error))
