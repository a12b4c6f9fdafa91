"""Sessions that ended while their access tokens still live: told by a Redis stream.

Redis is only the messenger. Without it a token dies when it expires.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import structlog
from redis.exceptions import RedisError

from shared.access_tokens import LEEWAY, MAX_LIFE
from shared.redis import open_redis

if TYPE_CHECKING:
    from collections.abc import Iterable

STREAM: Final = "meridian:revocations"
KEEP: Final = MAX_LIFE + LEEWAY + 60  # seconds
BLOCK_SECONDS: Final = 5
WRITE_SECONDS: Final = 0.5
RECONNECT_PAUSE: Final = 0.3
BATCH: Final = 1000
MILLISECONDS: Final = 1000

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


class Revocations:
    """The ended sessions of the last minutes."""

    def __init__(self, url: str) -> None:
        self.caught_up = asyncio.Event()
        self._ended: dict[UUID, int] = {}
        self._unsent: dict[UUID, int] = {}
        self._warned = False
        self._reader = open_redis(url, answer_seconds=2 * BLOCK_SECONDS)
        self._writer = open_redis(url, answer_seconds=WRITE_SECONDS)

    def holds(self, session_id: UUID) -> bool:
        """Tell whether tokens of this session are to be refused."""
        return session_id in self._ended

    async def publish(self, session_ids: Iterable[UUID]) -> None:
        """Refuse these sessions here at once, and elsewhere as soon as Redis takes the news."""
        now = int(time.time())
        ended = dict.fromkeys(session_ids, now)
        for entries in (self._ended, self._unsent):
            entries.update(ended)
            forget_old(entries)
        try:
            await self._send()
        except (RedisError, OSError) as error:
            log.warning("revocations.unsent", sessions=len(self._unsent), error=repr(error))

    async def follow(self) -> None:
        """Read the stream until cancelled; reconnect by itself."""
        while True:
            try:
                await self._read()
            except (RedisError, OSError) as error:
                self._note_loss(error)
                await asyncio.sleep(RECONNECT_PAUSE)

    async def close(self) -> None:
        """Close the connections."""
        await self._reader.aclose()
        await self._writer.aclose()

    async def _read(self) -> None:
        # Every connection starts with the recent past: Redis may have been emptied meanwhile.
        last = f"{(int(time.time()) - KEEP) * MILLISECONDS}-0"
        block: int | None = None
        await self._send()
        while True:
            answer: Any = await self._reader.xread({STREAM: last}, count=BATCH, block=block)
            for entry_id, entry in answer[0][1] if answer else ():
                last = entry_id
                self._note(entry)
            if not answer:
                block = BLOCK_SECONDS * MILLISECONDS
                self.caught_up.set()
            forget_old(self._ended)

    def _note_loss(self, error: Exception) -> None:
        if self.caught_up.is_set() or not self._warned:
            log.warning("revocations.lost", error=repr(error))
        self._warned = True
        self.caught_up.clear()

    def _note(self, entry: dict[str, str]) -> None:
        try:
            if entry["kind"] == "session":
                self._ended[UUID(entry["id"])] = int(entry["at"])
        except (LookupError, ValueError):
            log.warning("revocations.unknown_entry")

    async def _send(self) -> None:
        if not self._unsent:
            return
        sending = dict(self._unsent)
        oldest = (int(time.time()) - KEEP) * MILLISECONDS
        async with self._writer.pipeline(transaction=False) as pipe:
            for session_id, at in sending.items():
                entry: dict[Any, Any] = {"kind": "session", "id": str(session_id), "at": at}
                pipe.xadd(STREAM, entry, minid=oldest, approximate=True)
            await pipe.execute()
        for session_id in sending:
            self._unsent.pop(session_id, None)


def forget_old(entries: dict[UUID, int]) -> None:
    """Drop the sessions whose last token has expired; the oldest stand first."""
    horizon = time.time() - KEEP
    while entries and next(iter(entries.values())) < horizon:
        entries.pop(next(iter(entries)))
