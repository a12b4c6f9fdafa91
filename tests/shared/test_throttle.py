"""The throttle: what is counted, how long one waits, and what happens without Redis."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest

from shared.errors import TOO_MANY_ATTEMPTS, MeridianError
from shared.metrics import metrics_text
from shared.redis import open_redis
from shared.throttle.counts import Counts
from shared.throttle.lanes import Lane, Rule, network_of
from shared.throttle.redis_counts import RedisCounts
from shared.throttle.throttle import Throttle
from tests.world.calm import PATIENCE_SECONDS, calm_clock
from tests.world.wire import wire_to

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

QUICK = Rule(free=3, at_once=5, first=10, longest=40, forget=90)
SLOW = Rule(free=3, at_once=8, first=30, longest=300, forget=3600)
ADDRESS, ACCOUNT = Lane("address", "a", SLOW), Lane("account", "ann", SLOW)


@pytest.fixture
async def throttle(redis_url: str) -> AsyncIterator[Throttle]:
    throttle = Throttle(redis_url)
    yield throttle
    await throttle.close()


async def fail(throttle: Throttle, *lanes: Lane) -> int | None:
    """Make a wrong attempt; how long it has to wait, None when it was let in."""
    try:
        async with throttle.attempt(lanes) as attempt:
            attempt.fail()
    except MeridianError as error:
        if error.problem is not TOO_MANY_ATTEMPTS:
            raise
        return error.retry_after
    return None


async def succeed(throttle: Throttle, *lanes: Lane) -> None:
    async with throttle.attempt(lanes):
        pass


def test_the_wait_doubles_up_to_a_limit() -> None:
    waits = [SLOW.wait_after(failures) for failures in range(10)]
    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 300, 300]
    assert SLOW.wait_after(10**9) == 300


@pytest.mark.parametrize("kind", ["redis", "process"])
async def test_both_count_alike(redis_url: str, kind: str) -> None:
    redis = open_redis(redis_url)
    counts = RedisCounts(redis) if kind == "redis" else Counts(lambda: now)
    now = 1_000_000.0
    lane = Lane("account", "ann", QUICK)
    key = f"meridian:throttle:{lane.name}"

    async def pass_by(seconds: float) -> None:
        nonlocal now
        now += seconds
        for known in ("closed_until", "seen_at") if kind == "redis" else ():
            await redis.hincrby(key, known, -round(1000 * seconds))

    waits = [await counts.begin(lane) for _ in range(7)]
    assert waits == [0, 0, 0, 0, 0, 1, 1]
    for has_failed in (True, True, False, False, True):
        await counts.end(lane, has_failed=has_failed)
    # Three failures are free, and from now on one attempt goes at a time.
    assert [await counts.begin(lane) for _ in range(2)] == [0, 1]
    for longest in (10, 20, 40, 40):
        await counts.end(lane, has_failed=True)
        wait = await counts.begin(lane)
        assert longest - 5 < wait <= longest
        # Asking again does not make it longer.
        await pass_by(wait)
        assert await counts.begin(lane) == 0
    await counts.end(lane, has_failed=False)
    assert await counts.begin(lane) == 0
    await pass_by(QUICK.forget + 1)
    if kind == "redis":
        assert 0 < await redis.pttl(key) <= 1000 * QUICK.forget
        await redis.delete(key)
    assert [await counts.begin(lane) for _ in range(5)] == [0, 0, 0, 0, 0]
    await redis.aclose()


@pytest.mark.parametrize("kind", ["redis", "process"])
async def test_attempt_of_a_dead_process_is_forgotten(redis_url: str, kind: str) -> None:
    redis = open_redis(redis_url)
    counts = RedisCounts(redis) if kind == "redis" else Counts(lambda: now)
    now = 1_000_000.0
    lane = Lane("account", "ann", SLOW)
    for _ in range(8):
        assert await counts.begin(lane) == 0
    assert await counts.begin(lane) == 1
    now += 61
    key = f"meridian:throttle:{lane.name}"
    if kind == "redis":
        await redis.hincrby(key, "seen_at", -61_000)
    assert await counts.begin(lane) == 0
    await redis.aclose()


async def test_names_are_not_written_down(throttle: Throttle, redis_url: str) -> None:
    await fail(throttle, Lane("account", "my secret phrase", SLOW))
    redis = open_redis(redis_url)
    (key,) = [name async for name in redis.scan_iter("*throttle*")]
    assert key.startswith("meridian:throttle:account:")
    assert "secret" not in key
    assert 3500 < await redis.ttl(key) <= 3600
    await redis.aclose()


async def test_right_attempts_cost_nothing(throttle: Throttle) -> None:
    for _ in range(10):
        await succeed(throttle, ADDRESS, ACCOUNT)
    for _ in range(4):
        assert await fail(throttle, ADDRESS, ACCOUNT) is None
    assert await fail(throttle, ADDRESS, ACCOUNT) == 30


async def test_many_right_attempts_at_once_are_let_in(throttle: Throttle) -> None:
    office = Lane("address", "office", Rule(free=3, at_once=64, first=30, longest=300, forget=60))
    await asyncio.gather(*(succeed(throttle, office) for _ in range(50)))


async def test_success_buys_no_new_guesses(throttle: Throttle) -> None:
    for _ in range(3):
        assert await fail(throttle, ADDRESS, ACCOUNT) is None
        await succeed(throttle, ADDRESS, Lane("account", "my own", SLOW))
    assert await fail(throttle, ADDRESS, Lane("account", "bob", SLOW)) is None
    assert await fail(throttle, ADDRESS, Lane("account", "eve", SLOW)) == 30


async def test_refused_attempt_costs_nothing_in_other_lanes(throttle: Throttle) -> None:
    for _ in range(4):
        await fail(throttle, ACCOUNT)
    for _ in range(10):
        assert await fail(throttle, ADDRESS, ACCOUNT) == 30
    for _ in range(4):
        assert await fail(throttle, ADDRESS) is None
    assert await fail(throttle, ADDRESS) == 30


async def test_attempt_that_was_not_looked_at_costs_nothing(throttle: Throttle) -> None:
    for _ in range(10):
        with pytest.raises(ZeroDivisionError):
            async with throttle.attempt([ACCOUNT]):
                raise ZeroDivisionError
    assert await fail(throttle, ACCOUNT) is None


async def test_attempt_that_was_given_up_counts(throttle: Throttle) -> None:
    for _ in range(4):
        with pytest.raises(asyncio.CancelledError):
            async with throttle.attempt([ACCOUNT]):
                raise asyncio.CancelledError
    assert await fail(throttle, ACCOUNT) == 30


async def guess(throttle: Throttle, let_in: list[Lane], hold: Callable[[], Any]) -> None:
    """Make a wrong attempt that takes its time, once it is let in."""
    with suppress(MeridianError):
        async with throttle.attempt([ACCOUNT]) as attempt:
            let_in.append(ACCOUNT)
            await hold()
            attempt.fail()


async def test_a_flood_gets_one_burst(throttle: Throttle) -> None:
    let_in: list[Lane] = []
    hold = partial(asyncio.sleep, 0.05)
    await asyncio.gather(*(guess(throttle, let_in, hold) for _ in range(200)))
    assert len(let_in) == SLOW.at_once
    assert await fail(throttle, ACCOUNT) == 300


async def test_a_flood_gets_one_burst_where_redis_is_lost_meanwhile(redis_url: str) -> None:
    let_in: list[Lane] = []
    async with wire_to(redis_url) as wire:
        throttle, has_lost = Throttle(wire.url(redis_url)), asyncio.Event()
        one = partial(guess, throttle, let_in, has_lost.wait)
        burst = [asyncio.create_task(one()) for _ in range(SLOW.at_once)]
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(let_in) < SLOW.at_once:
                await asyncio.sleep(0.01)
        wire.refuse()
        await asyncio.gather(*(asyncio.wait_for(one(), PATIENCE_SECONDS) for _ in range(20)))
        has_lost.set()
        await asyncio.gather(*burst)
        await throttle.close()
    assert len(let_in) == SLOW.at_once


async def test_processes_count_together(throttle: Throttle, redis_url: str) -> None:
    other = Throttle(redis_url)
    for one in (throttle, other, throttle, other):
        assert await fail(one, ACCOUNT) is None
    assert await fail(throttle, ACCOUNT) == 30
    await other.close()


def test_an_ipv6_customer_is_one_network() -> None:
    one = network_of(ip_address("2001:db8:1:2:3::4"))
    assert one == network_of(ip_address("2001:db8:1:2:ffff::"))
    assert one != network_of(ip_address("2001:db8:1:3::"))
    assert str(network_of(ip_address("203.0.113.5"))) == "203.0.113.5/32"


async def test_without_redis_the_process_counts(redis_url: str) -> None:
    async with wire_to(redis_url) as wire:
        throttle = Throttle(wire.url(redis_url))
        assert await fail(throttle, ACCOUNT) is None
        assert "meridian_throttle_without_redis 0.0" in metrics_text()
        wire.refuse()
        for _ in range(3):
            assert await fail(throttle, ACCOUNT) is None
        assert await fail(throttle, ACCOUNT) == 30
        assert "meridian_throttle_without_redis 1.0" in metrics_text()
        wire.heal()
        await asyncio.sleep(1.1)
        assert 0 < (await fail(throttle, ACCOUNT) or 0) < 30
        assert await fail(throttle, ADDRESS) is None
        assert "meridian_throttle_without_redis 0.0" in metrics_text()
        await throttle.close()


async def test_a_redis_that_comes_and_goes_buys_no_guesses(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.throttle.throttle.RETRY_SECONDS", 0)
    async with wire_to(redis_url) as wire:
        throttle = Throttle(wire.url(redis_url))
        for is_away in (False, True, False, True):
            if is_away:
                wire.refuse()
            else:
                wire.heal()
            assert await fail(throttle, ACCOUNT) is None
        wire.heal()
        assert 0 < (await fail(throttle, ACCOUNT) or 0) <= 30
        await throttle.close()


async def test_a_hung_redis_is_asked_once_a_second(redis_url: str) -> None:
    async with wire_to(redis_url) as wire:
        throttle = Throttle(wire.url(redis_url))
        wire.hold()
        with calm_clock() as passed:
            for _ in range(4):
                assert await fail(throttle, ACCOUNT) is None
            assert await fail(throttle, ACCOUNT) == 30
            assert passed() < 1
        await throttle.close()
