"""Back-fills keep to their bandwidth: bytes are counted by a clock that only the test moves."""

from __future__ import annotations

import asyncio
import heapq
import random
from dataclasses import dataclass, field
from uuid import UUID

from services.replicator.copying.rooms import MOST, Rooms
from services.replicator.copying.token_bucket import BURST_SECONDS, TokenBucket

MIB = 1024 * 1024
RATE = 4 * MIB
WINDOW = 10.0


@dataclass(slots=True)
class Clock:
    """Time passes only when everybody sleeps."""

    now: float = 1000.0
    waiting: list[tuple[float, int, asyncio.Event]] = field(default_factory=list)
    slept: int = 0

    def read(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept += 1
        event = asyncio.Event()
        heapq.heappush(self.waiting, (self.now + seconds, self.slept, event))
        await event.wait()

    async def run(self, tasks: list[asyncio.Task[None]]) -> None:
        while not all(task.done() for task in tasks):
            await asyncio.sleep(0)
            if self.waiting and len(self.waiting) == sum(not task.done() for task in tasks):
                self.now, _, event = heapq.heappop(self.waiting)
                event.set()


def in_window(passed: list[tuple[float, int]], start: float) -> int:
    return sum(size for at, size in passed if start <= at < start + WINDOW)


async def test_no_window_has_more_bytes_than_are_allowed() -> None:
    clock, passed = Clock(), list[tuple[float, int]]()
    bucket = TokenBucket(RATE, clock.read, clock.sleep)
    dice = random.Random(7)

    async def copy() -> None:
        for _ in range(100):
            size = dice.randrange(1, 2 * MIB)
            await bucket.take(size)
            passed.append((clock.now, size))

    await clock.run([asyncio.create_task(copy()) for _ in range(4)])
    total = sum(size for _, size in passed)
    seconds = passed[-1][0] - passed[0][0]
    most = RATE * (WINDOW + BURST_SECONDS) + 4 * 2 * MIB
    assert max(in_window(passed, at) for at, _ in passed) <= most
    # Nor is any of it wasted.
    assert total / RATE - BURST_SECONDS <= seconds <= total / RATE
    assert seconds > 5 * WINDOW


async def test_a_pause_saves_up_one_second_and_no_more() -> None:
    clock = Clock()
    bucket = TokenBucket(RATE, clock.read, clock.sleep)
    clock.now += 60
    await bucket.take(RATE)
    assert clock.slept == 0
    late = asyncio.create_task(bucket.take(RATE // 2))
    await clock.run([late])
    assert clock.now == 1060.5


async def test_without_a_limit_nobody_waits() -> None:
    clock = Clock()
    bucket = TokenBucket(0, clock.read, clock.sleep)
    for _ in range(100):
        await bucket.take(1024 * MIB)
    assert clock.slept == 0


def test_a_server_that_asks_for_less_gets_half_and_then_slowly_more() -> None:
    rooms, server = Rooms(), UUID(int=1)
    assert rooms.has_room(server)
    with rooms.taken([server] * 8):
        rooms.slow_down(server)
        assert rooms.full() == [server]
    with rooms.taken([server] * 3):
        assert rooms.has_room(server)
    with rooms.taken([server] * 4):
        assert not rooms.has_room(server)
        rooms.slow_down(server)
        rooms.slow_down(server)
        rooms.slow_down(server)
    assert rooms.has_room(server)
    with rooms.taken([server]):
        assert not rooms.has_room(server)
        rooms.went_well(server)
        assert rooms.has_room(server)
    for _ in range(MOST * MOST):
        rooms.went_well(server)
    assert not rooms.is_limited(server)
