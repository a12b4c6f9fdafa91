"""The stream and its consumer on a real Valkey."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
from redis.asyncio import Redis

from services.replicator.consumer import Consumer
from services.replicator.stream import Entry, GroupMissing, Stream
from shared.redis import open_redis
from tests.world.calm import PATIENCE_SECONDS, calm_clock
from tests.world.wire import wire_to

NAME, GROUP = "test:stream", "group"


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with open_redis(redis_url, answer_seconds=5) as redis:
        yield redis


@pytest.fixture
async def stream(redis: Redis) -> Stream:
    stream = Stream(redis, NAME, GROUP)
    await stream.ensure_group()
    return stream


async def add(stream: Stream, count: int) -> None:
    await stream.add({"number": str(number)} for number in range(count))


def numbers(entries: list[Entry]) -> list[int]:
    return [int(entry.fields["number"]) for entry in entries]


async def until(condition: object, seconds: float = PATIENCE_SECONDS) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # type: ignore[operator]
            await asyncio.sleep(0.01)


async def test_entries_are_read_once_and_in_order(stream: Stream) -> None:
    await add(stream, 10)
    first = await stream.read("a", 4, 1)
    second = await stream.read("b", 10, 1)
    assert numbers(first) == [0, 1, 2, 3]
    assert numbers(second) == [4, 5, 6, 7, 8, 9]
    assert await stream.read("a", 1, 0.01) == []


async def test_a_group_made_late_has_what_came_before(redis: Redis) -> None:
    stream = Stream(redis, NAME, GROUP)
    await add(stream, 3)
    await stream.ensure_group()
    await stream.ensure_group()
    assert numbers(await stream.read("a", 10, 1)) == [0, 1, 2]


async def test_without_a_group(redis: Redis, stream: Stream) -> None:
    await add(stream, 1)
    entries = await stream.read("a", 1, 1)
    await redis.flushall()
    for call in (
        stream.read("a", 1, 0.1),
        stream.take_over("a", 0, 1),
        stream.keep("a", [entries[0].id]),
    ):
        with pytest.raises(GroupMissing):
            await call
    await stream.acknowledge([entries[0].id])


async def test_the_stream_vanishes_under_a_reader(redis: Redis, stream: Stream) -> None:
    reading = asyncio.create_task(stream.read("a", 1, 3))
    await asyncio.sleep(0.1)
    await redis.flushall()
    with pytest.raises(GroupMissing):
        await reading


async def test_taking_over_what_is_idle(redis: Redis, stream: Stream) -> None:
    await add(stream, 250)
    left = await stream.read("dead", 250, 1)
    assert await stream.take_over("heir", 60, 250) == []
    ids = [entry.id for entry in left]
    await redis.xclaim(NAME, GROUP, "dead", 0, [*ids], idle=60_000, justid=True)
    await stream.keep("dead", ids[:100])
    taken = await stream.take_over("heir", 30, 1000)
    assert numbers(taken) == list(range(100, 250))
    assert await stream.deliveries(taken[0].id) == 2
    await stream.acknowledge([entry.id for entry in taken])
    assert await stream.deliveries(taken[0].id) == 0


async def test_taking_over_no_more_than_asked_for(stream: Stream) -> None:
    await add(stream, 30)
    await stream.read("dead", 30, 1)
    assert len(await stream.take_over("heir", 0, 7)) == 7


async def test_trimming_keeps_what_is_pending_unread_or_young(redis: Redis, stream: Stream) -> None:
    await add(stream, 10)
    read = await stream.read("a", 6, 1)
    await stream.acknowledge([read[0].id, read[1].id, read[3].id])
    assert await stream.trim(keep_seconds=60) == 0
    await asyncio.sleep(0.02)
    assert await stream.trim(keep_seconds=0) == 2
    await redis.xgroup_create(NAME, "slow", id="0")
    await stream.acknowledge([entry.id for entry in read])
    assert await stream.trim(keep_seconds=0) == 0
    await redis.xgroup_destroy(NAME, "slow")
    assert await stream.trim(keep_seconds=0) == 3
    rest = await stream.read("a", 10, 1)
    assert numbers(rest) == [6, 7, 8, 9]


async def test_only_empty_and_old_consumers_are_forgotten(redis: Redis, stream: Stream) -> None:
    await add(stream, 1)
    await stream.read("busy", 1, 1)
    await stream.read("idle", 1, 0.01)
    await stream.forget_consumers()
    assert len(await redis.xinfo_consumers(NAME, GROUP)) == 2


async def test_bytes_that_are_no_text(redis: Redis, stream: Stream) -> None:
    await redis.xadd(NAME, {b"\xff": b"\xfe"})
    entry = (await stream.read("a", 1, 1))[0]
    assert list(entry.fields) == ["\ufffd"]
    await stream.set_aside(entry, "no text")
    assert await redis.xlen(f"{NAME}:aside") == 1


class Worker:
    """Remembers what it was given; stops at a gate if there is one."""

    def __init__(self) -> None:
        self.seen: list[int] = []
        self.done: list[int] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.failing: set[int] = set()
        self.busy = self.most_busy = 0

    def has_done(self, count: int) -> bool:
        return len(self.done) == count

    async def handle(self, entry: Entry) -> None:
        number = int(entry.fields["number"])
        self.seen.append(number)
        self.busy += 1
        self.most_busy = max(self.busy, self.most_busy)
        try:
            await self.gate.wait()
            if number in self.failing:
                raise ValueError(number)
            self.done.append(number)
        finally:
            self.busy -= 1


class Running:
    """A consumer at work."""

    def __init__(self, stream: Stream, worker: Worker, name: str = "a", **options: object) -> None:
        self.worker = worker
        self.stop = asyncio.Event()
        settings = {"slots": 4, "idle_seconds": 0.3, "on_loss": lambda: None, **options}
        consumer = Consumer(stream, name, worker.handle, **settings)  # type: ignore[arg-type]
        self.task = asyncio.create_task(consumer.run(self.stop))

    async def end(self) -> float:
        with calm_clock() as passed:
            self.stop.set()
            await self.task
            return passed()


async def pending(redis: Redis) -> int:
    return int((await redis.xpending(NAME, GROUP))["pending"])


async def test_a_consumer_handles_everything(redis: Redis, stream: Stream) -> None:
    worker = Worker()
    running = Running(stream, worker)
    await add(stream, 100)
    await until(lambda: len(worker.done) == 100)
    assert await running.end() < 1
    assert worker.most_busy <= 4
    assert await pending(redis) == 0


async def test_a_consumer_reads_no_more_than_it_has_room_for(redis: Redis, stream: Stream) -> None:
    worker = Worker()
    worker.gate.clear()
    running = Running(stream, worker)
    await add(stream, 20)
    await until(lambda: len(worker.seen) == 4)
    await asyncio.sleep(0.1)
    assert len(worker.seen) == 4
    assert await pending(redis) == 4
    worker.gate.set()
    await until(lambda: len(worker.done) == 20)
    await running.end()


async def test_what_fails_is_tried_again_by_anybody(redis: Redis, stream: Stream) -> None:
    first, second = Worker(), Worker()
    first.failing = {3}
    running = [Running(stream, first)]
    await add(stream, 5)
    await until(lambda: len(first.done) == 4)
    running.append(Running(stream, second, "b"))
    first.failing.clear()
    await until(lambda: 3 in (*first.done, *second.done))
    for one in running:
        await one.end()
    assert await pending(redis) == 0


async def test_what_always_fails_is_set_aside(redis: Redis, stream: Stream) -> None:
    worker = Worker()
    worker.failing = {0}
    running = Running(stream, worker, idle_seconds=0.02)
    await add(stream, 1)
    async with asyncio.timeout(10):
        while not await redis.xlen(f"{NAME}:aside"):
            await asyncio.sleep(0.02)
    await until(lambda: not worker.busy)
    await running.end()
    assert len(worker.seen) == 10
    assert await pending(redis) == 0


async def test_what_was_lost_on_its_way_is_read_again(redis_url: str, redis: Redis) -> None:
    worker = Worker()
    async with (
        wire_to(redis_url) as proxy,
        open_redis(proxy.url(redis_url), answer_seconds=5) as far,
    ):
        stream = Stream(far, NAME, GROUP)
        await stream.ensure_group()
        running = Running(stream, worker, idle_seconds=60)
        await add(Stream(redis, NAME, GROUP), 1)
        await until(lambda: worker.done == [0])
        proxy.hold()
        await add(Stream(redis, NAME, GROUP), 1)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await pending(redis):
                await asyncio.sleep(0.01)
        proxy.refuse()
        proxy.heal()
        await until(lambda: worker.done == [0, 0])
        await running.end()
    assert await pending(redis) == 0


async def test_long_work_is_kept_from_others(redis: Redis, stream: Stream) -> None:
    async def told(what: str) -> Any:
        return (await redis.xpending_range(NAME, GROUP, "-", "+", 1))[0][what]

    slow = Worker()
    slow.gate.clear()
    running = Running(stream, slow, slots=1)
    await add(stream, 1)
    await until(lambda: slow.seen == [0])
    entry_id = await told("message_id")
    await redis.xclaim(NAME, GROUP, "a", 0, [entry_id], idle=60_000, justid=True)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await told("time_since_delivered") >= 30_000:
            await asyncio.sleep(0.01)
    assert await stream.take_over("b", 30, 1) == []
    assert await told("times_delivered") == 1
    slow.gate.set()
    await until(lambda: slow.done == [0])
    await running.end()


async def test_unfinished_work_is_not_acknowledged_at_the_end(redis: Redis, stream: Stream) -> None:
    worker = Worker()
    worker.gate.clear()
    running = Running(stream, worker)
    await add(stream, 2)
    await until(lambda: len(worker.seen) == 2)
    assert await running.end() < 4
    assert worker.busy == 0
    assert await pending(redis) == 2


async def test_the_end_waits_a_moment_for_what_is_in_work(redis: Redis, stream: Stream) -> None:
    worker = Worker()
    worker.gate.clear()
    running = Running(stream, worker)
    await add(stream, 2)
    await until(lambda: len(worker.seen) == 2)
    asyncio.get_running_loop().call_later(0.5, worker.gate.set)
    await running.end()
    assert len(worker.done) == 2
    assert await pending(redis) == 0


async def test_flushall_under_a_consumer(redis: Redis, stream: Stream) -> None:
    losses: list[int] = []
    worker = Worker()
    running = Running(stream, worker, on_loss=lambda: losses.append(1))
    for round_number in range(3):
        await redis.flushall()
        await add(stream, 1)
        await until(partial(worker.has_done, round_number + 1))
    assert losses
    await running.end()


async def test_redis_goes_away_and_returns(redis_url: str, redis: Redis) -> None:
    async with (
        wire_to(redis_url) as proxy,
        open_redis(proxy.url(redis_url), answer_seconds=5) as far,
    ):
        worker = Worker()
        running = Running(Stream(far, NAME, GROUP), worker)
        here = Stream(redis, NAME, GROUP)
        await add(here, 1)
        await until(lambda: len(worker.done) == 1)
        worker.gate.clear()
        await add(here, 1)
        await until(lambda: len(worker.seen) == 2)
        proxy.refuse()
        # It ends while nobody can be told, and is acknowledged later.
        worker.gate.set()
        await until(lambda: len(worker.done) == 2)
        await asyncio.sleep(0.3)
        await add(here, 3)
        proxy.heal()
        await until(lambda: len(worker.done) >= 5)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await pending(redis):
                await asyncio.sleep(0.02)
        await running.end()


async def test_stopping_while_redis_is_away(redis_url: str) -> None:
    async with (
        wire_to(redis_url) as proxy,
        open_redis(proxy.url(redis_url), answer_seconds=5) as far,
    ):
        running = Running(Stream(far, NAME, GROUP), Worker())
        await asyncio.sleep(0.2)
        proxy.hold()
        await asyncio.sleep(0.2)
        assert await running.end() < 4
