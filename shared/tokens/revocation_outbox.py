"""Notices on their way into the Redis stream: kept until it has taken them."""

from __future__ import annotations

import asyncio
import time
from itertools import islice
from typing import TYPE_CHECKING, Final

import structlog
from redis.exceptions import RedisError

from shared.redis import open_redis
from shared.tokens.notices import KEEP, STREAM, Notice, encode

if TYPE_CHECKING:
    from collections.abc import Iterable

WRITE_SECONDS: Final = 0.5
RETRY_PAUSE: Final = 0.3
# Small: a Redis that takes news but answers too late gets the same ones again and again.
BATCH: Final = 100
MILLISECONDS: Final = 1000

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


class Outbox:
    """Tells Redis of what ended, again and again until it has heard."""

    def __init__(self, url: str) -> None:
        self._unsent: dict[Notice, None] = {}
        self._added = asyncio.Event()
        self._redis = open_redis(url, answer_seconds=WRITE_SECONDS)

    async def send(self, notices: Iterable[Notice]) -> None:
        """Send news at once; what fails is left to `send_again`."""
        news = dict.fromkeys(notices)
        self._unsent.update(news)
        self._added.set()
        try:
            while news:
                await self._write(news)
        except (RedisError, OSError) as error:
            log.warning("revocations.unsent", notices=len(self._unsent), error=repr(error))

    async def send_again(self) -> None:
        """Send what is left over, soon after Redis works again, until cancelled."""
        while True:
            await self._added.wait()
            self._added.clear()
            await asyncio.sleep(RETRY_PAUSE)
            try:
                await self._write_all()
            except (RedisError, OSError):
                self._added.set()

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    async def _write_all(self) -> None:
        self._unsent = {notice: None for notice in self._unsent if not notice.is_old}
        while self._unsent:
            await self._write(self._unsent)

    async def _write(self, waiting: dict[Notice, None]) -> None:
        """Write the first of those that wait, and take them away."""
        batch = list(islice(waiting, BATCH))
        oldest = (int(time.time()) - KEEP) * MILLISECONDS
        async with self._redis.pipeline(transaction=False) as pipe:
            for notice in batch:
                pipe.xadd(STREAM, encode(notice), minid=oldest, approximate=True)
            await pipe.execute()
        for sent in batch:
            waiting.pop(sent, None)
            self._unsent.pop(sent, None)
