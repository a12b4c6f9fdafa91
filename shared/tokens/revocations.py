"""What ended while its access tokens still live: told by a Redis stream.

PostgreSQL holds the truth and Redis is only the messenger: a process that starts, or that had lost
Redis, asks auth to tell again. Without Redis a token dies when it expires.
"""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

import structlog

from shared.tokens.notices import STREAM, Kind, Notice
from shared.tokens.revocation_outbox import Outbox
from shared.tokens.revocation_reader import Reader
from shared.tokens.revoked import Revoked

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from uuid import UUID

QUESTION_SECONDS: Final = 60  # an older question is not answered, a younger one once
RECALL_PAUSE: Final = 0.5  # seconds until an answer is tried again

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

FoundT = TypeVar("FoundT")
Recall: TypeAlias = "Callable[[], Awaitable[list[Notice]]]"


class Revocations(Revoked):
    """The notices of the last minutes, kept up to date; auth itself has nobody to ask."""

    def __init__(self, url: str, *, asks: bool = True) -> None:
        super().__init__()
        self._recall: Recall | None = None
        self._questions: asyncio.Queue[Notice] = asyncio.Queue()
        self._reader = Reader(url, self._take, asks=asks)
        self._outbox = Outbox(url)

    @property
    def caught_up(self) -> asyncio.Event:
        """Set while news arrive."""
        return self._reader.caught_up

    @property
    def losses(self) -> int:
        """How often Redis was lost: what was told meanwhile may be lost with it."""
        return self._reader.losses

    async def publish(self, session_ids: Iterable[UUID]) -> None:
        """Refuse these sessions or API tokens here at once, elsewhere as soon as Redis has it."""
        now = int(time.time())
        await self.tell([Notice(Kind.SESSION, str(ended), now) for ended in session_ids])

    async def tell(self, notices: Iterable[Notice]) -> None:
        """Heed these notices here at once, elsewhere as soon as Redis has them."""
        news = list(notices)
        for notice in news:
            self.note(notice)
        if news:
            await self._outbox.send(news)

    def answer_by(self, recall: Recall) -> None:
        """Answer the questions of others: `recall` reads all that is still of interest."""
        self._recall = recall

    def follow(self) -> list[asyncio.Task[None]]:
        """Read the stream and bring it what it lacks, in tasks that run until they are cancelled.

        Each is cancelled by itself: a group hands only the first cancellation on, and a client that
        is just connecting may miss that one.
        """
        loops = (self._outbox.send_again(), self._reader.read_forever(), self._answer_forever())
        return [asyncio.create_task(loop) for loop in loops]

    async def close(self) -> None:
        """Close the connections."""
        await self._reader.redis.aclose()
        await self._outbox.close()

    async def _take(self, notice: Notice) -> None:
        if notice.kind is Kind.QUESTION:
            self._questions.put_nowait(notice)
        elif notice.kind is not Kind.ANSWER:
            self.note(notice)

    async def _answer_forever(self) -> None:
        """Answer one question after the other, while news are read."""
        while True:
            await self._answer(await self._questions.get())

    async def _answer(self, question: Notice) -> None:
        """Tell all that is still of interest, in one process of those that could."""
        if self._recall is None:
            return
        mark = f"{STREAM}:{question.id}"
        take = partial(self._reader.redis.set, mark, "answered", nx=True, ex=QUESTION_SECONDS)
        if not await _while_young(question, take):
            return
        notices = await _while_young(question, self._recall)
        if notices is not None:
            answer = Notice(Kind.ANSWER, question.id, int(time.time()))
            await self._outbox.send([*notices, answer])


async def _while_young(question: Notice, step: Callable[[], Awaitable[FoundT]]) -> FoundT | None:
    """What a step brings, tried again when it fails; None once nobody waits for it any more."""
    while time.time() <= question.at + QUESTION_SECONDS:
        try:
            return await step()
        except Exception as error:  # noqa: BLE001 the database is away, or Redis
            log.warning("revocations.unanswered", error=repr(error))
            await asyncio.sleep(RECALL_PAUSE)
    return None
