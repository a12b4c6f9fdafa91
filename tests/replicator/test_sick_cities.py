"""A city that is away, silent, slow, full or refusing delays no other, and catches up later."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from hashlib import sha256
from typing import cast

import pytest

from services.replicator.copying import pace
from tests.replicator.conftest import World, replicator
from tests.world.calm import PATIENCE_SECONDS, calm_clock
from tests.world.cities import CAPE_TOWN, NEW_YORK, VLADIVOSTOK
from tests.world.wire import Wire


def answering(status: int, body: bytes = b"") -> Callable[[Wire], None]:
    def answer(wire: Wire) -> None:
        wire.answers["PUT"] = (status, body)

    return answer


LAG_SECONDS = pace.LAG_SECONDS
SICK = {
    "refuses": Wire.refuse,
    "black hole": Wire.hold,
    "500": answering(500),
    "503": answering(503, b"<Error><Code>SlowDown</Code></Error>"),
    "507": answering(507, b"<Error><Code>XMinioStorageFull</Code></Error>"),
    "no bucket": answering(404, b"<Error><Code>NoSuchBucket</Code></Error>"),
}


MANY_FAILURES = """
UPDATE storage.replicas SET attempt = 40, failures = 7, next_attempt_at = now()
WHERE version_id = $1 AND server_id = $2 AND state = 'WANTED'
"""


@pytest.fixture(autouse=True)
def impatient(patient: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave a city behind as soon as people would have it."""
    monkeypatch.setattr(pace, "LAG_SECONDS", LAG_SECONDS)


@pytest.mark.parametrize("size", [10_000, 4_000_000])
@pytest.mark.parametrize("sickness", SICK)
async def test_the_others_go_on_and_it_catches_up(world: World, sickness: str, size: int) -> None:
    async with replicator(world):
        SICK[sickness](world.wires[CAPE_TOWN])
        with calm_clock() as passed:
            version = await world.upload(os.urandom(size))
            await world.until(version, 20, new_york="READY", vladivostok="READY")
            assert passed() < 8
        assert (await world.states(version))[CAPE_TOWN] in {"WANTED", "COPYING"}
        world.wires[CAPE_TOWN].heal()
        await world.until(version, 30, every="READY")
    row = await world.row(version, CAPE_TOWN)
    assert row.failures == 0
    await world.check()


async def test_a_silent_city_does_not_hold_up_a_burst(world: World) -> None:
    async with replicator(world):
        warm = await world.upload(os.urandom(1000))
        await world.until(warm, every="READY")
        world.wires[CAPE_TOWN].hold()
        with calm_clock() as passed:
            versions = [await world.upload(os.urandom(10_000), tell=False) for _ in range(60)]
            await world.relay()
            for version in versions:
                await world.until(version, vladivostok="READY")
            took = passed()
        world.wires[CAPE_TOWN].heal()
        for version in versions:
            await world.until(version, 40, every="READY")
    assert took < 9
    await world.check()


async def test_a_city_that_asks_for_less_gets_less(world: World) -> None:
    line = world.wires[CAPE_TOWN]
    line.most_puts = 4
    async with replicator(world):
        versions = [await world.upload(os.urandom(10_000), tell=False) for _ in range(150)]
        await world.relay()
        for version in versions:
            await world.until(version, 60, every="READY")
    # Half as many at once after each refusal; without that it says so to most of them.
    assert 0 < line.slowed_down < 60
    for version in versions:
        assert (await world.row(version, CAPE_TOWN)).failures == 0
    await world.check()


@pytest.mark.slow
async def test_a_slow_city_is_left_behind_and_served_alone(world: World) -> None:
    async with replicator(world):
        world.wires[CAPE_TOWN].bytes_per_second = 700_000
        with calm_clock() as passed:
            version = await world.upload(os.urandom(6_000_000))
            await world.until(version, vladivostok="READY")
            assert passed() < 9
        await world.until(version, 30, every="READY")
    assert world.wires[NEW_YORK].count("GET", version.key) == 2
    await world.check()


async def test_what_a_city_refuses_becomes_a_dead_letter(world: World) -> None:
    async with replicator(world):
        answering(400, b"<Error><Code>BadDigest</Code></Error>")(world.wires[CAPE_TOWN])
        version = await world.upload(os.urandom(1000))
        await world.until(version, vladivostok="READY", cape_town="WANTED")
        await world.pool.execute(
            "UPDATE storage.replicas SET failures = 7 WHERE version_id = $1 AND server_id = $2",
            version.id,
            world.servers[CAPE_TOWN].id,
        )
        await world.until(version, cape_town="FAILED")
    letters = await world.pool.fetch("SELECT * FROM storage.dead_letters")
    assert [(row["version_id"], row["server_id"]) for row in letters] == [
        (version.id, world.servers[CAPE_TOWN].id)
    ]
    assert "BadDigest" in letters[0]["error"]


async def test_a_city_that_was_never_reached_makes_no_dead_letter(world: World) -> None:
    async with replicator(world):
        world.wires[CAPE_TOWN].refuse()
        version = await world.upload(os.urandom(1000))
        await world.until(version, vladivostok="READY", cape_town="WANTED")
        copy = version.id, world.servers[CAPE_TOWN].id
        async with asyncio.timeout(PATIENCE_SECONDS):
            # Not while it is tried.
            while await world.pool.execute(MANY_FAILURES, *copy) != "UPDATE 1":
                await asyncio.sleep(0.01)
            row = await world.row(version, CAPE_TOWN)
            while row.attempt == 40 or row.state != "WANTED":
                await asyncio.sleep(0.01)
                row = await world.row(version, CAPE_TOWN)
        assert row.failures == 7
        delay = await world.pool.fetchval(
            "SELECT extract(epoch FROM $1 - now())::float", row.next_attempt_at
        )
        assert 5 < delay <= 60
    assert not await world.pool.fetch("SELECT * FROM storage.dead_letters")


@pytest.mark.parametrize("size", [10_000, 4_000_000])
async def test_nothing_is_learned_from_a_reading_nobody_waited_for(world: World, size: int) -> None:
    async with replicator(world):
        for city in (VLADIVOSTOK, CAPE_TOWN):
            world.wires[city].refuse()
        content = os.urandom(size)
        version = await world.upload(content, knows_sha256=False)
        await asyncio.sleep(1)
        learned = (await world.version(version)).sha256
        assert learned in {None, sha256(content).digest()}
        for city in (VLADIVOSTOK, CAPE_TOWN):
            world.wires[city].heal()
        await world.until(version, 30, every="READY")
    await world.check()


@pytest.mark.slow
async def test_a_dead_source_delays_no_other_for_long(world: World) -> None:
    lost = [await world.upload(os.urandom(100), tell=False) for _ in range(60)]
    world.wires[NEW_YORK].hold()
    async with replicator(world):
        await world.relay()
        # The first of them have to wait in vain, until it is known.
        first = await world.upload(os.urandom(100), city=CAPE_TOWN)
        await world.until(first, 30, vladivostok="READY")
        with calm_clock() as passed:
            for _ in range(10):
                version = await world.upload(os.urandom(100), city=CAPE_TOWN)
                await world.until(version, vladivostok="READY")
            assert passed() < 12
        world.wires[NEW_YORK].heal()
        for version in lost:
            await world.until(version, 60, every="READY")
    await world.check()


@pytest.mark.slow
async def test_a_city_that_takes_no_bytes(world: World) -> None:
    taken: list[asyncio.StreamWriter] = []

    async def take_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        cast("asyncio.ReadTransport", writer.transport).pause_reading()
        taken.append(writer)

    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listening.bind(("127.0.0.1", 0))
        server = await asyncio.start_server(take_nothing, sock=listening, limit=1024)
        await world.pool.execute(
            "UPDATE storage.servers SET endpoint = $1 WHERE id = $2",
            f"http://127.0.0.1:{listening.getsockname()[1]}",
            world.servers[CAPE_TOWN].id,
        )
        await world.pool.execute(
            "UPDATE storage.servers SET is_active = false WHERE id = $1",
            world.servers[VLADIVOSTOK].id,
        )
        async with replicator(world):
            version = await world.upload(os.urandom(3_500_000))
            await world.until(version, cape_town="COPYING")
            await world.until(version, 60, cape_town="WANTED")
        for writer in taken:
            writer.transport.abort()
        server.close()


async def test_a_city_that_refuses_us_is_asked_again(world: World) -> None:
    async with replicator(world):
        world.wires[CAPE_TOWN].answers["PUT"] = (403, b"<Error><Code>AccessDenied</Code></Error>")
        version = await world.upload(os.urandom(1000))
        await world.until(version, vladivostok="READY", cape_town="WANTED")
        await world.pool.execute("UPDATE storage.replicas SET failures = 7 WHERE state = 'WANTED'")
        requests = world.wires[CAPE_TOWN].count("PUT")
        while world.wires[CAPE_TOWN].count("PUT") == requests:
            await asyncio.sleep(0.05)
        world.wires[CAPE_TOWN].heal()
        await world.until(version, 30, every="READY")
    await world.check()
