"""News for live pages that no row stands behind: told once, and lost with Redis."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, Final

import structlog
from redis.exceptions import RedisError

from shared.events import NEWS_LENGTH, NEWS_STREAM, encode
from shared.tasks import cancel

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from shared.events import Event

MOST_WAITING: Final = 1000

log = structlog.get_logger(__name__)


class NewsTeller:
    """Sends events to the stream of news; nobody waits for Redis here."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._waiting: deque[Event] = deque(maxlen=MOST_WAITING)
        self._telling: asyncio.Task[None] | None = None

    def tell(self, event: Event) -> None:
        """Have an event sent; while Redis is away the oldest are dropped."""
        self._waiting.append(event)
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._send())

    async def close(self) -> None:
        """Send no more."""
        if self._telling is not None:
            await cancel([self._telling])

    async def _send(self) -> None:
        try:
            while self._waiting:
                fields: dict[Any, Any] = {**encode(self._waiting.popleft())}
                await self._redis.xadd(NEWS_STREAM, fields, maxlen=NEWS_LENGTH, approximate=True)
        except (RedisError, OSError) as error:
            log.warning("news_unheard", error=repr(error))
