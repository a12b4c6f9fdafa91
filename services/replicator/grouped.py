"""One question to PostgreSQL for all who have it at the same time.

Who comes while an answer is awaited goes with the next question: alone nobody waits for others, and
under load ten statements, and ten commits, become one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from shared.db_outage import is_database_away

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

Item = TypeVar("Item")
Answer = TypeVar("Answer")

MOST: Final = 64


class Grouped(Generic[Item, Answer]):
    """Called with one item, it asks for many; `ask` answers them in their order."""

    def __init__(self, ask: Callable[[Sequence[Item]], Awaitable[Sequence[Answer]]]) -> None:
        self._ask = ask
        self._waiting: deque[tuple[Item, asyncio.Future[Answer]]] = deque()
        self._asking: asyncio.Task[None] | None = None

    async def __call__(self, item: Item) -> Answer:
        """The answer to one; raises what asking raised."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask_for_all())
        return await future

    async def _ask_for_all(self) -> None:
        while self._waiting:
            count = min(MOST, len(self._waiting))
            group = [self._waiting.popleft() for _ in range(count)]
            await self._answer([one for one in group if not one[1].done()])

    async def _answer(self, group: list[tuple[Item, asyncio.Future[Answer]]]) -> None:
        if not group:
            return
        try:
            answers = await self._ask([item for item, _ in group])
        except Exception as error:  # noqa: BLE001 whoever waits gets it
            if len(group) == 1 or is_database_away(error):
                _refuse([future for _, future in group], error)
                return
            # One that PostgreSQL refuses must not take the others with it.
            for one in group:
                await self._answer([one])
        else:
            for (_, future), answer in zip(group, answers, strict=True):
                if not future.done():
                    future.set_result(answer)


def _refuse(futures: Sequence[asyncio.Future[Answer]], error: Exception) -> None:
    for future in futures:
        if not future.done():
            future.set_exception(error)
