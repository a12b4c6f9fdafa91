"""Ended sessions on their way into the Redis stream: kept until it has taken them."""

from __future__ import annotations

import asyncio
import time
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import structlog
from redis.exceptions import RedisError

from shared.redis import open_redis
from shared.tokens.access_tokens import LEEWAY, MAX_LIFE

if TYPE_CHECKING:
    from uuid import UUID

STREAM: Final = "meridian:revocations"
KEEP: Final = MAX_LIFE + LEEWAY + 60  # seconds
WRITE_SECONDS: Final = 0.5
RETRY_PAUSE: Final = 0.3
# Small: a Redis that takes news but answers too late gets the same ones again and again.
BATCH: Final = 100
MILLISECONDS: Final = 1000

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


class Outbox:
    """Tells Redis of ended sessions, again and again until it has heard."""

    def __init__(self, url: str) -> None:
        self._unsent: dict[UUID, int] = {}
        self._added = asyncio.Event()
        self._redis = open_redis(url, answer_seconds=WRITE_SECONDS)

    async def send(self, ended: dict[UUID, int]) -> None:
        """Send news at once; what fails is left to `send_again`."""
        self._unsent.update(ended)
        forget_old(self._unsent)
        self._added.set()
        try:
            await self._write(ended)
        except (RedisError, OSError) as error:
            log.warning("revocations.unsent", sessions=len(self._unsent), error=repr(error))

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
        forget_old(self._unsent)
        while self._unsent:
            await self._write(dict(islice(self._unsent.items(), BATCH)))

    async def _write(self, ended: dict[UUID, int]) -> None:
        oldest = (int(time.time()) - KEEP) * MILLISECONDS
        async with self._redis.pipeline(transaction=False) as pipe:
            for session_id, at in ended.items():
                entry: dict[Any, Any] = {"kind": "session", "id": str(session_id), "at": at}
                pipe.xadd(STREAM, entry, minid=oldest, approximate=True)
            await pipe.execute()
        for sent in ended:
            self._unsent.pop(sent, None)


def forget_old(entries: dict[UUID, int]) -> None:
    """Drop the sessions whose last token has expired; the oldest stand first."""
    horizon = time.time() - KEEP
    while entries and next(iter(entries.values())) < horizon:
        entries.pop(next(iter(entries)))
