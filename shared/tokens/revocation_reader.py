"""Reads the stream of notices from its recent past on, and asks for what it may have lost."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from uuid import uuid4

import structlog
from redis.exceptions import RedisError

from shared.redis import open_redis
from shared.tokens.notices import KEEP, STREAM, Kind, Notice, decode, encode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

BLOCK_SECONDS: Final = 5.0
RECONNECT_PAUSE: Final = 0.3
BATCH: Final = 1000
ANSWER_SECONDS: Final = 1.0  # so long one waits for auth, which may be busy, or away
MILLISECONDS: Final = 1000

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

Take: TypeAlias = "Callable[[Notice], Awaitable[None]]"


class Reader:
    """Gives every notice to `take`, again and again after a loss; `losses` counts those.

    `asks`: after a loss, and at first, auth is asked for all that is still of interest.
    """

    def __init__(self, url: str, take: Take, *, asks: bool) -> None:
        self.redis = open_redis(url, answer_seconds=2 * BLOCK_SECONDS)
        self.caught_up = asyncio.Event()
        self.losses = 0
        self._asks = asks
        self._take = take
        self._question = ""
        self._patience = 0.0
        self._warned = False

    async def read_forever(self) -> None:
        """Read until cancelled; an outage only makes it later."""
        while True:
            try:
                await self._read()
            except (RedisError, OSError) as error:
                self._note_loss(error)
                await asyncio.sleep(RECONNECT_PAUSE)

    async def _read(self) -> None:
        # Every connection starts with the recent past, and with asking auth for it: Redis may
        # have been emptied meanwhile.
        last = f"{(int(time.time()) - KEEP) * MILLISECONDS}-0"
        await self._ask()
        block: int | None = None
        while True:
            answer: Any = await self.redis.xread({STREAM: last}, count=BATCH, block=block)
            for entry_id, entry in answer[0][1] if answer else ():
                last = entry_id
                await self._pass_on(entry)
            if not answer:
                block = self._wait_for_more()

    async def _ask(self) -> None:
        if self._asks:
            question = Notice(Kind.QUESTION, str(uuid4()), int(time.time()))
            await self.redis.xadd(STREAM, encode(question))
            self._question = question.id
            self._patience = time.monotonic() + ANSWER_SECONDS

    def _wait_for_more(self) -> int:
        """Return how many milliseconds to wait for news: first only for the answer."""
        left = self._patience - time.monotonic() if self._question else 0
        if left > 0:
            return max(1, int(left * MILLISECONDS))
        self.caught_up.set()
        return int(BLOCK_SECONDS * MILLISECONDS)

    async def _pass_on(self, entry: dict[str, str]) -> None:
        try:
            notice = decode(entry)
            if notice.kind is Kind.ANSWER and notice.id == self._question:
                self._question = ""
                self.caught_up.set()
            await self._take(notice)
        except (LookupError, ValueError):
            log.warning("revocations.unknown_entry")

    def _note_loss(self, error: Exception) -> None:
        self.losses += 1
        if self.caught_up.is_set() or not self._warned:
            log.warning("revocations.lost", error=repr(error))
        self._warned = True
        self.caught_up.clear()
