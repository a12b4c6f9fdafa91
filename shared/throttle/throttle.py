"""The throttle: every attempt is charged before anything is done for it.

Redis counts for all processes. While it is away each process counts for itself and says so in a
metric: guessing is slowed down by less, and nobody is shut out. What a process lets in and sees
fail counts there either way, so that losing Redis, for a moment or again and again, buys no new
guesses, and no second burst in the middle of a flood.
"""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog
from prometheus_client import Counter, Gauge
from redis.exceptions import RedisError

from shared.errors import TOO_MANY_ATTEMPTS, MeridianError
from shared.redis import open_redis
from shared.throttle.counts import Counts
from shared.throttle.redis_counts import RedisCounts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence

    from shared.throttle.lanes import Lane

ANSWER_SECONDS: Final = 0.3
# A Redis that hangs is asked again only so often.
RETRY_SECONDS: Final = 1.0
# A flood waits here instead of running out of connections.
CALLS_AT_ONCE: Final = 32

REFUSED: Final = Counter("meridian_throttle_refused", "Attempts told to wait", ("lane",))
ALONE: Final = Gauge(
    "meridian_throttle_without_redis", "1 while each process counts attempts for itself"
)

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


@dataclass(slots=True)
class Attempt:
    """An attempt under way; it counts as a failure only when it turns out wrong."""

    has_failed: bool = False

    def fail(self) -> None:
        """Say that it was wrong."""
        self.has_failed = True


class Throttle:
    """Lets attempts in, or raises TOO_MANY_ATTEMPTS with the seconds to wait."""

    def __init__(self, redis_url: str, clock: Callable[[], float] = time.time) -> None:
        self._redis = open_redis(redis_url, answer_seconds=ANSWER_SECONDS)
        self._shared = RedisCounts(self._redis)
        self._own = Counts(clock)
        self._redis_from = 0.0
        self._turns = asyncio.Semaphore(CALLS_AT_ONCE)

    @asynccontextmanager
    async def attempt(
        self, lanes: Iterable[Lane], otherwise: Iterable[Lane] = ()
    ) -> AsyncIterator[Attempt]:
        """Begin an attempt in all lanes, or in all of the others, or refuse it.

        One that is right leaves earlier failures as they are: else whoever has an account could
        buy new guesses with it. One that is given up half-way counts as wrong.
        """
        attempt = Attempt()
        async with await self._enter(attempt, tuple(lanes), tuple(otherwise)):
            yield attempt

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    async def _enter(
        self, attempt: Attempt, lanes: Sequence[Lane], otherwise: Sequence[Lane]
    ) -> AsyncExitStack:
        try:
            async with AsyncExitStack() as stack:
                for lane in lanes:
                    await self._begin(stack, lane, attempt)
                return stack.pop_all()
        except MeridianError:
            if not otherwise:
                raise
        return await self._enter(attempt, otherwise, ())

    async def _begin(self, stack: AsyncExitStack, lane: Lane, attempt: Attempt) -> None:
        """Count in this process, and for all where Redis is there; the stack ends both."""
        _refuse_for(lane, await self._own.begin(lane))
        await stack.enter_async_context(_ended_by(self._own.end, lane, attempt))
        wait = await self._begin_for_all(lane)
        if wait is not None:
            _refuse_for(lane, wait)
            await stack.enter_async_context(_ended_by(self._end_for_all, lane, attempt))

    async def _begin_for_all(self, lane: Lane) -> float | None:
        """Return the seconds to wait; None while Redis is away."""
        async with self._turns:
            if time.monotonic() < self._redis_from:
                return None
            try:
                wait = await self._shared.begin(lane)
            except (RedisError, OSError) as error:
                self._note_loss(error)
                return None
        ALONE.set(0)
        return wait

    async def _end_for_all(self, lane: Lane, *, has_failed: bool) -> None:
        async with self._turns:
            try:
                await self._shared.end(lane, has_failed=has_failed)
            except (RedisError, OSError) as error:
                self._note_loss(error)

    def _note_loss(self, error: Exception) -> None:
        self._redis_from = time.monotonic() + RETRY_SECONDS
        ALONE.set(1)
        log.warning("throttle.without_redis", error=repr(error))


@asynccontextmanager
async def _ended_by(
    end: Callable[..., Awaitable[None]], lane: Lane, attempt: Attempt
) -> AsyncIterator[None]:
    try:
        yield
    except asyncio.CancelledError:
        attempt.fail()
        raise
    finally:
        await end(lane, has_failed=attempt.has_failed)


def _refuse_for(lane: Lane, wait: float) -> None:
    if wait > 0:
        REFUSED.labels(lane.kind).inc()
        raise MeridianError(TOO_MANY_ATTEMPTS, retry_after=math.ceil(wait))
