"""Questions that go to PostgreSQL together."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import asyncpg
import pytest

from shared.grouped import Grouped

if TYPE_CHECKING:
    from collections.abc import Sequence


class Asking:
    """Answers ten times the number, once it may; refuses some numbers."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.may_answer = asyncio.Event()

    async def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.groups.append(list(numbers))
        await self.may_answer.wait()
        if 13 in numbers:
            raise asyncpg.DataError
        if 99 in numbers:
            raise asyncpg.CannotConnectNowError
        return [10 * number for number in numbers]


async def test_who_comes_meanwhile_goes_together_with_the_next() -> None:
    asking = Asking()
    grouped = Grouped(asking)
    first = asyncio.create_task(grouped(1))
    await asyncio.sleep(0.01)
    others = [asyncio.create_task(grouped(number)) for number in (2, 3, 4)]
    await asyncio.sleep(0.01)
    others[1].cancel()
    await asyncio.sleep(0)
    asking.may_answer.set()
    assert list(await asyncio.gather(first, others[0], others[2])) == [10, 20, 40]
    assert asking.groups == [[1], [2, 4]]


async def test_one_that_is_refused_takes_no_other_with_it() -> None:
    asking = Asking()
    asking.may_answer.set()
    grouped = Grouped(asking)
    answers = await asyncio.gather(*map(grouped, (1, 13, 2)), return_exceptions=True)
    assert (answers[0], answers[2]) == (10, 20)
    assert isinstance(answers[1], asyncpg.DataError)


async def test_an_outage_is_told_to_all_at_once() -> None:
    asking = Asking()
    asking.may_answer.set()
    grouped = Grouped(asking)
    answers = await asyncio.gather(*map(grouped, (1, 99)), return_exceptions=True)
    assert all(isinstance(answer, asyncpg.CannotConnectNowError) for answer in answers)
    assert asking.groups == [[1, 99]]
    with pytest.raises(asyncpg.CannotConnectNowError):
        await grouped(99)
    assert await grouped(5) == 50
