"""The stream is a doorbell: doubled, reordered, broken or lost rings change nothing in the end."""

from __future__ import annotations

import asyncio
import os
import random
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from services.local.process.child import Child, start_child
from services.local.process.guard import start_guard
from services.local.process.ports import keep_ports
from services.local.run.home import open_home
from services.local.servers.valkey import Valkey
from services.replicator.copying import leases
from services.replicator.stream import Stream
from shared.catalog.versions import Version
from shared.events import (
    FILES_STREAM,
    REPLICATOR_GROUP,
    AccessChanged,
    FileDeleted,
    FileStored,
    encode,
)
from shared.redis import open_redis
from tests.conftest import PASSWORD, Servers
from tests.replicator.conftest import World, replicator
from tests.world.cities import CAPE_TOWN, NEW_YORK, VLADIVOSTOK


def stored(version: Version) -> dict[str, str]:
    ids = {"file_id": version.file_id, "version_id": version.id, "owner_id": version.owner_id}
    return encode(FileStored(**ids))


def deleted(version: Version) -> dict[str, str]:
    ids = {"file_id": version.file_id, "version_id": version.id, "owner_id": version.owner_id}
    return encode(FileDeleted(**ids))


async def pending(world: World) -> int:
    info: Any = await world.stream._redis.xpending(FILES_STREAM, REPLICATOR_GROUP)
    return int(info["pending"])


async def until_quiet(world: World) -> None:
    """Wait until every entry was read and acknowledged."""
    async with asyncio.timeout(10):
        while True:
            groups: Any = await world.stream._redis.xinfo_groups(FILES_STREAM)
            if groups and groups[0]["lag"] == 0 and groups[0]["pending"] == 0:
                return
            await asyncio.sleep(0.02)


async def test_doubled_and_reordered_messages(world: World) -> None:
    kept = [await world.upload(os.urandom(5000), tell=False) for _ in range(5)]
    gone = [await world.upload(os.urandom(5000), tell=False) for _ in range(5)]
    for version in gone:
        await world.delete(version, tell=False)
    messages = [stored(version) for version in (*kept, *gone)] * 4
    messages += [deleted(version) for version in gone] * 4
    # A deletion of what was never deleted is believed by nobody.
    messages += [deleted(version) for version in kept]
    random.Random(7).shuffle(messages)
    async with replicator(world):
        await world.stream.add(messages)
        for version in kept:
            await world.until(version, every="READY")
        for version in gone:
            await world.until_gone(version)
        await until_quiet(world)
    assert sum(wire.count("PUT") for wire in world.wires.values()) == 10
    await world.check()


async def test_everything_is_acknowledged(world: World) -> None:
    async with replicator(world):
        for _ in range(30):
            await world.upload(os.urandom(100))
        await until_quiet(world)
    assert await pending(world) == 0


async def test_messages_for_what_does_not_exist(world: World) -> None:
    nobody = {name: uuid.uuid4() for name in ("file_id", "version_id", "owner_id")}
    async with replicator(world):
        await world.stream.add([encode(FileStored(**nobody)), encode(FileDeleted(**nobody))])
        await until_quiet(world)


async def test_poison_is_set_aside(world: World) -> None:
    redis = world.stream._redis
    await redis.xadd(FILES_STREAM, {b"\xff\xfe": b"\x80"})
    await redis.xadd(FILES_STREAM, {"type": "FILE.STORED", "v": "1", "version_id": "no uuid"})
    await redis.xadd(FILES_STREAM, {"type": "FILE.STORED", "v": "99"})
    await redis.xadd(FILES_STREAM, {"type": "SOMETHING.ELSE", "v": "1"})
    async with replicator(world):
        version = await world.upload(os.urandom(100))
        await world.until(version, every="READY")
        await until_quiet(world)
    aside: Any = await redis.xrange(f"{FILES_STREAM}:aside")
    assert len(aside) == 4
    assert all(fields["aside_reason"] for _, fields in aside)


async def test_what_only_other_versions_of_the_code_tell_is_skipped(world: World) -> None:
    """As while some processes are newer than others: nothing is tried ten times and set aside."""
    redis = world.stream._redis
    somebody = {name: uuid.uuid4() for name in ("owner_id", "user_id", "object_id")}
    async with replicator(world):
        await world.stream.add([encode(AccessChanged(**somebody))])
        version = await world.upload(os.urandom(100))
        await world.until(version, every="READY")
        await until_quiet(world)
    assert await pending(world) == 0
    assert await redis.exists(f"{FILES_STREAM}:aside") == 0


async def test_messages_that_never_came(world: World) -> None:
    async with replicator(world):
        version = await world.upload(os.urandom(100), tell=False)
        await world.until(version, 10, every="READY")
    await world.check()


async def test_flushall(world: World) -> None:
    async with replicator(world):
        for round_number in range(3):
            version = await world.upload(os.urandom(100))
            await world.until(version, every="READY")
            late = await world.upload(os.urandom(100))
            await world.stream._redis.flushall()
            await asyncio.sleep(0.3 * round_number)
            again = await world.upload(os.urandom(100))
            await world.until(again, every="READY")
            await world.until(late, 10, every="READY")
    await world.check()


async def test_work_left_by_a_dead_consumer_is_taken_over(world: World) -> None:
    await world.stream.ensure_group()
    version = await world.upload(os.urandom(100))
    assert len(await world.stream.read("dead", 10, 1)) == 1
    # Only the message can bring it: the sweep does not see it before its time.
    await world.pool.execute("UPDATE storage.replicas SET next_attempt_at = now() + interval '1 h'")
    async with replicator(world, lease_seconds=1):
        await world.until(version, every="READY")
        await until_quiet(world)


async def test_long_work_is_not_taken_over(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    # Often, of a lease that outlives whatever this machine does: what counts is that it is renewed.
    monkeypatch.setattr(leases, "RENEWALS", 120)
    # One destination only: of two, one may be left behind by the other on a busy machine.
    await world.pool.execute(
        "UPDATE storage.servers SET is_active = false WHERE name = $1", VLADIVOSTOK
    )
    world.wires[CAPE_TOWN].bytes_per_second = 1_000_000
    async with replicator(world, lease_seconds=60), replicator(world, lease_seconds=60):
        version = await world.upload(os.urandom(9_000_000))
        await world.until(version, cape_town="COPYING")
        seen: set[datetime] = set()
        while (row := await world.row(version, CAPE_TOWN)).state == "COPYING":
            seen.add(row.lease_until)
            await asyncio.sleep(0.1)
        assert len(seen) > 3
        await world.until(version, cape_town="READY")
        await until_quiet(world)
    row = await world.row(version, CAPE_TOWN)
    assert row.attempt == 1
    assert world.wires[NEW_YORK].count("GET", version.key) == 1


@pytest.fixture
async def own_valkey(
    servers: Servers, tmp_path: Path
) -> AsyncIterator[tuple[str, Callable[[], Awaitable[None]], Callable[[], Awaitable[None]]]]:
    """A Valkey that the test may kill and start again: its URL, kill, start."""
    home = open_home(tmp_path / "own")
    port = keep_ports(home, ["valkey"])["valkey"]
    valkey = Valkey(home.subfolder("valkey"), port, PASSWORD)
    children: list[Child] = []
    with start_guard() as guard:

        async def begin() -> None:
            children.append(await start_child(valkey.command(), guard, home.logs))
            await children[-1].until_ready()

        async def start() -> None:
            await asyncio.to_thread(servers.run, begin())

        async def kill() -> None:
            await asyncio.to_thread(servers.run, children.pop().stop(0))

        await start()
        yield valkey.url, kill, start
        if children:
            await kill()


async def test_redis_is_killed_and_comes_back(
    world: World,
    own_valkey: tuple[str, Callable[[], Awaitable[None]], Callable[[], Awaitable[None]]],
) -> None:
    url, kill, start = own_valkey
    redis = open_redis(url, answer_seconds=5)
    world.redis_url = url
    world.stream = Stream(redis, FILES_STREAM, REPLICATOR_GROUP)
    async with replicator(world):
        first = await world.upload(os.urandom(100))
        await world.until(first, every="READY")
        await kill()
        # Without Redis the outbox keeps the event, and the sweep does the work.
        without = await world.upload(os.urandom(100), tell=False)
        await world.until(without, 10, every="READY")
        await start()
        await world.relay()
        after = await world.upload(os.urandom(100))
        await world.until(after, every="READY")
        await until_quiet(world)
    await world.check()
    await redis.aclose()
