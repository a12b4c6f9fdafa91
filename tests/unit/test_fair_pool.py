"""The threads that hash: turns are taken, and a flood takes none but its own."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from shared.errors import MeridianError
from shared.passwords import fair_pool
from shared.passwords.fair_pool import FairPool
from shared.throttle.lanes import Lane, Rule

RULE = Rule(free=1, at_once=1, first=1, longest=1, forget=1)
FLOOD = [Lane("address", f"{number}", RULE) for number in range(3)]
OTHER = Lane("address", "other", RULE)
OWNER = Lane("device", "owner", RULE, is_trusted=True)


async def occupied(pool: FairPool) -> tuple[asyncio.Task[bool], threading.Event]:
    """Let the only thread of a pool wait for an event."""
    gate = threading.Event()
    task = asyncio.create_task(pool.run(gate.wait, OTHER))
    await asyncio.sleep(0)
    return task, gate


async def ask(pool: FairPool, lane: Lane, done: list[str]) -> None:
    await pool.run(lambda: done.append(lane.key), lane)


async def test_everybody_is_served_in_turn_and_known_devices_every_second_time() -> None:
    pool = FairPool(1, "test")
    done: list[str] = []
    task, gate = await occupied(pool)
    asking = [asyncio.create_task(ask(pool, FLOOD[0], done)) for _ in range(20)]
    await asyncio.sleep(0)
    late = (FLOOD[1], FLOOD[1], FLOOD[2], OWNER, OWNER)
    asking += [asyncio.create_task(ask(pool, lane, done)) for lane in late]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(task, *asking)
    assert len(done) == 25
    assert [place for place, name in enumerate(done) if name == "owner"] in ([0, 2], [1, 3])
    assert [name for name in done if name != "owner"][:6] == ["0", "1", "2", "0", "1", "0"]
    pool.close()


async def test_who_brings_most_goes_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fair_pool, "LONGEST_QUEUE", 10)
    pool = FairPool(1, "test")
    done: list[str] = []
    task, gate = await occupied(pool)
    asking = [asyncio.create_task(ask(pool, FLOOD[0], done)) for _ in range(30)]
    await asyncio.sleep(0)
    late = [asyncio.create_task(ask(pool, lane, done)) for lane in (FLOOD[1], OWNER)]
    await asyncio.sleep(0)
    gate.set()
    outcomes = await asyncio.gather(task, *late, *asking, return_exceptions=True)
    refused = [error for error in outcomes if isinstance(error, MeridianError)]
    assert len(refused) == 21
    assert {(error.problem.code, error.problem.status) for error in refused} == {
        ("PASSWORDS_BUSY", 503)
    }
    assert outcomes[:3] == [True, None, None]
    assert done.count("0") == 9
    pool.close()


async def test_one_who_gives_up_holds_nobody_up() -> None:
    pool = FairPool(1, "test")
    done: list[str] = []
    task, gate = await occupied(pool)
    asking = [asyncio.create_task(ask(pool, lane, done)) for lane in (*FLOOD, OWNER)]
    await asyncio.sleep(0)
    asking[0].cancel()
    asking[3].cancel()
    gate.set()
    await asyncio.gather(task, *asking, return_exceptions=True)
    assert done == ["1", "2"]
    await ask(pool, OTHER, done)
    assert done == ["1", "2", "other"]
    pool.close()


async def test_all_threads_work_and_no_more() -> None:
    pool = FairPool(3, "test")
    at_once, most, lock = 0, 0, threading.Lock()

    def work() -> None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.02)
        with lock:
            at_once -= 1

    await asyncio.gather(*(pool.run(work, OTHER) for _ in range(12)))
    assert most == 3
    pool.close()


async def test_person_has_one_turn_by_however_many_devices() -> None:
    pool = FairPool(1, "test")
    done: list[str] = []
    task, gate = await occupied(pool)
    many = [
        Lane("device", f"ann {number}", RULE, is_trusted=True, owner="ann") for number in range(9)
    ]
    asking = [asyncio.create_task(ask(pool, lane, done)) for lane in (*many, OWNER)]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(task, *asking)
    assert done[:2] == ["ann 0", "owner"]
    pool.close()
