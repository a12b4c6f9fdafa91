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

from shared.redis import open_redis
from shared.tokens.revocation_outbox import KEEP, MILLISECONDS, STREAM, Outbox, forget_old

if TYPE_CHECKING:
    from collections.abc import Iterable

BLOCK_SECONDS: Final = 5
RECONNECT_PAUSE: Final = 0.3
BATCH: Final = 1000

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


class Revocations:
    """The ended sessions and API tokens of the last minutes.

    `losses` counts the times that Redis was lost: what was told meanwhile may be lost with it.
    """

    def __init__(self, url: str) -> None:
        self.caught_up = asyncio.Event()
        self.losses = 0
        self._ended: dict[UUID, int] = {}
        self._warned = False
        self._reader = open_redis(url, answer_seconds=2 * BLOCK_SECONDS)
        self._outbox = Outbox(url)

    def holds(self, session_id: UUID) -> bool:
        """Tell whether tokens of this session are to be refused."""
        return session_id in self._ended

    async def publish(self, session_ids: Iterable[UUID]) -> None:
        """Refuse these sessions here at once, and elsewhere as soon as Redis takes the news."""
        ended = dict.fromkeys(session_ids, int(time.time()))
        self._ended.update(ended)
        forget_old(self._ended)
        if ended:
            await self._outbox.send(ended)

    async def follow(self) -> None:
        """Read the stream, and bring it what it has not taken yet, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._outbox.send_again())
            tasks.create_task(self._listen())

    async def close(self) -> None:
        """Close the connections."""
        await self._reader.aclose()
        await self._outbox.close()

    async def _listen(self) -> None:
        while True:
            try:
                await self._read()
            except (RedisError, OSError) as error:
                self._note_loss(error)
                await asyncio.sleep(RECONNECT_PAUSE)

    async def _read(self) -> None:
        # Every connection starts with the recent past: Redis may have been emptied meanwhile.
        last = f"{(int(time.time()) - KEEP) * MILLISECONDS}-0"
        block: int | None = None
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
        self.losses += 1
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
