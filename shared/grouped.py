"""One question to PostgreSQL for all who have it at the same time.

Who comes while an answer is awaited goes with the next question: alone nobody waits for others, and
under load ten statements, and ten commits, become one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from shared.db_outage import is_database_away

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

Item = TypeVar("Item")
Answer = TypeVar("Answer")
if TYPE_CHECKING:
    Ask = Callable[[Sequence[Item]], Awaitable[Sequence[Answer]]]

MOST: Final = 64


@dataclass(frozen=True, slots=True)
class _Call(Generic[Item, Answer]):
    """One item, and what its caller waits for."""

    item: Item
    answer: asyncio.Future[Answer] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Grouped(Generic[Item, Answer]):
    """Called with one item, it asks for many; `ask` answers them in their order.

    Those in no hurry wait `gather_seconds` for others.
    """

    def __init__(self, ask: Ask[Item, Answer], gather_seconds: float = 0) -> None:
        self._ask = ask
        self._gather_seconds = gather_seconds
        self._waiting: deque[_Call[Item, Answer]] = deque()
        self._asking: asyncio.Task[None] | None = None

    async def __call__(self, item: Item) -> Answer:
        """The answer to one; raises what asking raised."""
        call: _Call[Item, Answer] = _Call(item)
        self._waiting.append(call)
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask_for_all())
        return await call.answer

    async def _ask_for_all(self) -> None:
        while self._waiting:
            await asyncio.sleep(self._gather_seconds)
            count = min(MOST, len(self._waiting))
            calls = [self._waiting.popleft() for _ in range(count)]
            await self._answer([call for call in calls if not call.answer.done()])

    async def _answer(self, calls: Sequence[_Call[Item, Answer]]) -> None:
        if not calls:
            return
        try:
            answers = await self._ask([call.item for call in calls])
        except Exception as error:  # noqa: BLE001 whoever waits gets it
            if len(calls) == 1 or is_database_away(error):
                _refuse(calls, error)
                return
        else:
            _tell(calls, answers)
            return
        # One that PostgreSQL refuses must not take the others with it.
        for call in calls:
            await self._answer([call])


def _tell(calls: Sequence[_Call[Item, Answer]], answers: Sequence[Answer]) -> None:
    for call, answer in zip(calls, answers, strict=True):
        if not call.answer.done():
            call.answer.set_result(answer)


def _refuse(calls: Sequence[_Call[Item, Answer]], error: Exception) -> None:
    for call in calls:
        if not call.answer.done():
            call.answer.set_exception(error)
