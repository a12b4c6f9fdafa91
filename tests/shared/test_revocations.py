"""Revocations between two processes: what one write lost, the next one brings."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from redis.asyncio.client import Pipeline
from redis.exceptions import TimeoutError as RedisTimeoutError

from shared.redis import open_redis
from shared.tasks import cancel
from shared.tokens.notices import LONGEST_TICKET, STREAM, Kind, Notice, encode
from shared.tokens.revocation_reader import Reader
from shared.tokens.revocations import Revocations
from tests.world.calm import PATIENCE_SECONDS, calm_timeout

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import pytest

SOON = 3.0  # seconds: less than a reader waits for news


@asynccontextmanager
async def following(redis_url: str) -> AsyncIterator[Revocations]:
    """Revocations as a process has them."""
    revocations = Revocations(redis_url)
    followers = revocations.follow()
    await revocations.caught_up.wait()
    yield revocations
    await cancel(followers)
    assert all(follower.cancelled() for follower in followers)
    await revocations.close()


async def test_the_end_comes_also_when_a_client_misses_a_cancellation(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    missed = 0

    async def miss_one(_: Reader) -> None:
        nonlocal missed
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            missed += 1
            if missed > 1:
                raise

    monkeypatch.setattr(Reader, "_read", miss_one)
    revocations = Revocations(redis_url)
    followers = revocations.follow()
    await asyncio.sleep(0)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await cancel(followers)
    assert missed == 2
    await revocations.close()


async def lose(*_: object) -> None:
    """Lose what is written, as a stalled server or a dropped connection does."""
    raise RedisTimeoutError


async def test_lost_write_is_sent_again(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = [uuid4() for _ in range(250)]
    async with following(redis_url) as here, following(redis_url) as there:
        with monkeypatch.context() as redis:
            redis.setattr(Pipeline, "execute", lose)
            await here.publish(sessions)
            await asyncio.sleep(1)  # and so are some of the next
        assert not any(map(there.holds, sessions))
        async with calm_timeout(SOON):
            while not all(map(there.holds, sessions)):
                await asyncio.sleep(0.02)


async def test_who_starts_hours_later_knows_what_tickets_are_no_longer_good(
    redis_url: str,
) -> None:
    at = int(time.time()) - LONGEST_TICKET + 60
    ended = Notice(Kind.SESSION, str(uuid4()), at)
    async with open_redis(redis_url) as redis:
        await redis.delete(STREAM)
        await redis.xadd(STREAM, encode(ended), id=f"{at * 1000}-1")
    async with following(redis_url) as here:
        assert here.holds(UUID(ended.id))
        # What is told meanwhile leaves it where it is for the next one.
        await here.publish([uuid4() for _ in range(250)])
    async with following(redis_url) as later:
        assert later.holds(UUID(ended.id))


async def test_a_question_is_answered_when_the_database_is_back(redis_url: str) -> None:
    ended = Notice(Kind.SESSION, str(uuid4()), int(time.time()))
    outcomes: list[Exception | list[Notice]] = [ConnectionError(), TimeoutError(), [ended]]

    async def recall() -> list[Notice]:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async with following(redis_url) as auth:
        auth.answer_by(recall)
        async with following(redis_url) as late, calm_timeout(3 * SOON):
            while not late.knows(ended):
                await asyncio.sleep(0.02)
    assert not outcomes


async def test_end_does_not_wait_for_redis(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pipeline, "execute", lose)
    async with calm_timeout(SOON), following(redis_url) as here:
        await here.publish([uuid4()])
        await asyncio.sleep(0.5)  # until it tries again
