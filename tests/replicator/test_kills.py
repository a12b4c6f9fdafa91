"""Real replicator processes, killed, frozen and stopped in the middle of their work."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import ClientConnectionError, ClientSession

from tests.free_port import free_port
from tests.replicator.conftest import Process, World, replicator
from tests.world.cities import CAPE_TOWN, NEW_YORK, VLADIVOSTOK

Start = Callable[..., Awaitable[Process]]
MEBIBYTE = 1024**2
pytestmark = pytest.mark.slow
PARTS = {"part_bytes": 5 * MEBIBYTE, "multipart_bytes": 5 * MEBIBYTE}


def slow_down(world: World, bytes_per_second: float) -> None:
    for city in (CAPE_TOWN, VLADIVOSTOK):
        world.wires[city].bytes_per_second = bytes_per_second


@pytest.mark.parametrize("seconds", [0.0, 0.3, 0.9, 1.4])
@pytest.mark.parametrize("settings", [{}, PARTS], ids=["whole", "parts"])
async def test_killed_in_the_middle_of_a_copy(
    world: World, start_process: Start, settings: dict[str, int], seconds: float
) -> None:
    first = await start_process(**settings)
    slow_down(world, 10 * MEBIBYTE)
    version = await world.upload(os.urandom(16 * MEBIBYTE))
    await world.until(version, cape_town="COPYING", vladivostok="COPYING")
    await asyncio.sleep(seconds)
    await first.kill()
    assert (await world.states(version))[CAPE_TOWN] == "COPYING"
    slow_down(world, 0)
    await start_process(**settings)
    await world.until(version, every="READY")
    assert (await world.row(version, CAPE_TOWN)).attempt == 2
    await world.check()


async def test_a_second_worker_takes_over(world: World, start_process: Start) -> None:
    first = await start_process(**PARTS)
    slow_down(world, 10 * MEBIBYTE)
    version = await world.upload(os.urandom(16 * MEBIBYTE))
    await world.until(version, cape_town="COPYING", vladivostok="COPYING")
    second = await start_process(**PARTS)
    await first.kill()
    await world.until(version, every="READY")
    assert second.process.returncode is None
    await world.check()


async def test_killed_and_forgotten_by_redis(world: World, start_process: Start) -> None:
    first = await start_process(**PARTS)
    slow_down(world, 10 * MEBIBYTE)
    version = await world.upload(os.urandom(16 * MEBIBYTE))
    await world.until(version, cape_town="COPYING", vladivostok="COPYING")
    await asyncio.sleep(0.5)
    await first.kill()
    await world.stream._redis.flushall()
    slow_down(world, 0)
    await start_process(**PARTS)
    await world.until(version, every="READY")
    await world.check()


async def test_killed_and_then_deleted(world: World, start_process: Start) -> None:
    first = await start_process(**PARTS)
    slow_down(world, 10 * MEBIBYTE)
    version = await world.upload(os.urandom(16 * MEBIBYTE))
    await world.until(version, cape_town="COPYING", vladivostok="COPYING")
    await asyncio.sleep(1)
    await first.kill()
    await world.delete(version)
    await start_process(**PARTS)
    await world.until_gone(version)
    await world.check()


async def test_a_zombie_loses_its_lease_and_spoils_nothing(
    world: World, start_process: Start
) -> None:
    zombie = await start_process()
    slow_down(world, 10 * MEBIBYTE)
    version = await world.upload(os.urandom(16 * MEBIBYTE))
    await world.until(version, cape_town="COPYING", vladivostok="COPYING")
    await asyncio.sleep(0.5)
    zombie.freeze()
    slow_down(world, 0)
    async with replicator(world, lease_seconds=2):
        await world.until(version, every="READY")
        zombie.thaw()
        await asyncio.sleep(3)
        assert set((await world.states(version)).values()) == {"READY"}
        later = await world.upload(os.urandom(1000))
        await world.until(later, every="READY")
    await world.check()


async def test_a_zombie_brings_nothing_back(world: World, start_process: Start) -> None:
    zombie = await start_process()
    slow_down(world, 10 * MEBIBYTE)
    version = await world.upload(os.urandom(16 * MEBIBYTE))
    await world.until(version, cape_town="COPYING", vladivostok="COPYING")
    await asyncio.sleep(0.5)
    zombie.freeze()
    slow_down(world, 0)
    await world.delete(version)
    async with replicator(world, lease_seconds=2):
        await world.until_gone(version)
        zombie.thaw()
        await asyncio.sleep(4)
        await world.until_gone(version)
        await world.check()


async def test_sigterm_gives_the_work_back_at_once(world: World, start_process: Start) -> None:
    first = await start_process(**PARTS)
    slow_down(world, 3 * MEBIBYTE)
    version = await world.upload(os.urandom(32 * MEBIBYTE))
    await world.until(version, cape_town="COPYING", vladivostok="COPYING")
    await asyncio.sleep(0.5)
    assert await first.terminate() == 0
    row = await world.row(version, CAPE_TOWN)
    assert (row.state, row.lease_owner) == ("WANTED", None)
    assert "stopped" in row.last_error
    for city in (CAPE_TOWN, VLADIVOSTOK):
        uploads = [found async for found in world.direct(city).multipart.list_uploads()]
        assert uploads == []
    slow_down(world, 0)
    await start_process(**PARTS)
    await world.until(version, every="READY")
    await world.check()


async def test_sigterm_lets_short_work_end(world: World, start_process: Start) -> None:
    process = await start_process()
    versions = [await world.upload(os.urandom(20_000), tell=False) for _ in range(30)]
    await world.until(versions[0], new_york="READY")
    await world.relay()
    await world.until(versions[0], every="READY")
    assert await process.terminate() == 0
    rows = [await world.row(version, CAPE_TOWN) for version in versions]
    assert {row.state for row in rows} <= {"READY", "WANTED"}
    assert not any(row.last_error for row in rows)
    await start_process()
    for version in versions:
        await world.until(version, every="READY")
    assert world.wires[NEW_YORK].count("GET") == 30
    await world.check()


async def test_memory_does_not_grow_with_the_object(world: World, start_process: Start) -> None:
    process = await start_process(part_bytes=16 * MEBIBYTE, multipart_bytes=16 * MEBIBYTE)
    small = await world.upload(os.urandom(20 * MEBIBYTE))
    await world.until(small, every="READY")
    before = memory(process.pid)
    piece = os.urandom(MEBIBYTE)
    # The source is faster, and has to wait.
    slow_down(world, 60 * MEBIBYTE)
    large = await world.upload(piece * 256)
    await world.until(large, 60, every="READY")
    assert memory(process.pid) - before < 48
    await world.check()


def memory(pid: int) -> float:
    """The most memory a process has had, in MiB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    line = next(line for line in status if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


async def test_says_whether_it_works(world: World, start_process: Start) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    lost = await start_process(metrics_port=port, database_url=nowhere)
    assert await status_of(f"{address}/readyz") == 503
    await lost.kill()
    await start_process(metrics_port=port)
    version = await world.upload(b"some bytes")
    await world.until(version, every="READY")
    assert await status_of(f"{address}/readyz") == 200
    await world.delete(version)
    await world.until_gone(version)
    async with ClientSession() as session, session.get(f"{address}/metrics") as answer:
        figures = await answer.text()
    for line in (
        'meridian_copies_total{ended="well",server="cape-town"} 1.0',
        'meridian_copied_bytes_total{server="vladivostok"} 10.0',
        'meridian_replica_lag_seconds_count{server="cape-town"} 1.0',
        'meridian_erasures_total{ended="well",server="new-york"} 1.0',
    ):
        assert line in figures


async def status_of(url: str) -> int:
    """What a process answers, as soon as it does."""
    async with ClientSession() as session, asyncio.timeout(20):
        while True:
            try:
                async with session.get(url) as answer:
                    return answer.status
            except ClientConnectionError:
                await asyncio.sleep(0.05)
