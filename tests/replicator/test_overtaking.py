"""Fresh uploads overtake work that may wait."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest

from services.replicator import urgent
from services.replicator.catalog.due import list_due
from services.replicator.jobs import due as sweeping
from services.replicator.urgent import Urgent
from services.storage.events.outbox import take_waiting
from shared.catalog.outbox import insert_events
from shared.events import (
    BULK_STREAM,
    REPLICATOR_GROUP,
    FileDeleted,
    FileStored,
    ServerChanged,
    encode,
)
from shared.ids import new_id
from tests.replicator.conftest import SETTINGS, World, replicator
from tests.world.cities import CAPE_TOWN

BULK = 4000
MAKE_BULK = """
UPDATE storage.replicas SET is_bulk = true, next_attempt_at = now() - interval '1 hour'
WHERE state = 'WANTED'
"""
COPYING = "SELECT count(*) FROM storage.replicas WHERE state = 'COPYING' AND is_bulk"
WAITING = "SELECT count(*) FROM storage.replicas WHERE state = 'WANTED' AND is_bulk"
MAKE_DUE = (
    "UPDATE storage.replicas SET next_attempt_at = now() WHERE version_id = $1 AND state = 'WANTED'"
)


async def delete_many(world: World) -> None:
    """Tell of the deletion of thousands of files."""
    events = [
        FileDeleted(file_id=new_id(), version_id=new_id(), owner_id=new_id()) for _ in range(BULK)
    ]
    async with world.pool.acquire() as db, db.transaction():
        await insert_events(db, events)


async def test_a_fresh_upload_overtakes_thousands_of_deletions_in_the_outbox(world: World) -> None:
    await delete_many(world)
    version = await world.upload(os.urandom(100), tell=False)
    async with world.pool.acquire() as db, db.transaction():
        waiting = await take_waiting(db, 10)
    assert waiting[0].entry["version_id"] == str(version.id)
    assert [event.is_bulk for event in waiting] == [False, *[True] * 9]


async def test_a_fresh_upload_overtakes_thousands_of_deletions_in_the_stream(world: World) -> None:
    await delete_many(world)
    async with world.pool.acquire() as db, db.transaction():
        waiting = await take_waiting(db, BULK)
    await world.stream.bulk.add([event.entry for event in waiting])
    async with replicator(world):
        version = await world.upload(os.urandom(100), tell=False)
        async with world.pool.acquire() as db, db.transaction():
            fresh = [event for event in await take_waiting(db, 1) if not event.is_bulk]
        await world.stream.add([event.entry for event in fresh])
        await world.until(version, every="READY")
        groups: Any = await world.stream._redis.xinfo_groups(BULK_STREAM)
        (left,) = [group["lag"] for group in groups if group["name"] == REPLICATOR_GROUP]
        assert left > 0
    await world.check()


async def test_a_limited_back_fill_leaves_the_line_to_fresh_uploads(world: World) -> None:
    old = [await world.upload(os.urandom(100_000), tell=False) for _ in range(4)]
    await world.pool.execute(MAKE_BULK)
    async with replicator(world, backfill_mib_per_second=0.001):
        async with asyncio.timeout(20):
            while not await world.pool.fetchval(COPYING):
                await asyncio.sleep(0.01)
        fresh = await world.upload(os.urandom(3_000_000))
        await world.until(fresh, every="READY")
        for version in old:
            assert (await world.row(version, CAPE_TOWN)).state != "READY"
    async with replicator(world):
        for version in (fresh, *old):
            await world.until(version, every="READY")
    await world.check()


async def test_a_fresh_copy_that_is_due_again_goes_before_the_back_fill(world: World) -> None:
    old = [await world.upload(os.urandom(10), tell=False) for _ in range(20)]
    await world.pool.execute(MAKE_BULK)
    fresh = await world.upload(os.urandom(10), tell=False)
    await world.pool.execute(MAKE_DUE, fresh.id)
    due = await list_due(world.pool, [], 5, 5)
    assert (due[0].version_id, due[0].is_bulk) == (fresh.id, False)
    assert all(version.is_bulk for version in due[1:])
    assert len(due) > 2
    async with replicator(world):
        for version in (fresh, *old):
            await world.until(version, every="READY")
    assert (await world.row(fresh, CAPE_TOWN)).attempt == 1
    await world.check()


async def until_copying(world: World, count: int) -> None:
    """Wait until so many bulk copies are under way."""
    async with asyncio.timeout(20):
        while await world.pool.fetchval(COPYING) < count:
            await asyncio.sleep(0.01)


async def test_more_is_copied_at_once_while_nothing_is_fresh(world: World) -> None:
    for _ in range(20):
        await world.upload(os.urandom(100_000), tell=False)
    await world.pool.execute(MAKE_BULK)
    async with replicator(world, backfill_mib_per_second=0.001):
        await until_copying(world, 2 * SETTINGS.small_concurrency)
        await asyncio.sleep(0.5)
        assert await world.pool.fetchval(COPYING) == 2 * SETTINGS.small_concurrency


async def test_bulk_work_makes_room_for_what_another_process_copies(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(urgent, "MAKE_ROOM_SECONDS", 60)
    async with replicator(world, backfill_mib_per_second=0.001):
        fresh = await world.upload(os.urandom(100))
        await world.until(fresh, every="READY")
        for _ in range(20):
            await world.upload(os.urandom(100_000), tell=False)
        await world.pool.execute(MAKE_BULK)
        await until_copying(world, 2 * SETTINGS.yielding_concurrency)
        await asyncio.sleep(0.5)
        assert await world.pool.fetchval(COPYING) == 2 * SETTINGS.yielding_concurrency


async def test_bulk_work_rests_before_each_copy_while_something_is_fresh(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(urgent, "MAKE_ROOM_SECONDS", 60)
    monkeypatch.setattr(sweeping, "REST_SECONDS", 60)
    async with replicator(world):
        fresh = await world.upload(os.urandom(100))
        await world.until(fresh, every="READY")
        for _ in range(5):
            await world.upload(os.urandom(100), tell=False)
        await world.pool.execute(MAKE_BULK)
        await asyncio.sleep(5 * SETTINGS.sweep_seconds)
        assert await world.pool.fetchval(WAITING) == 2 * 5


async def test_room_is_taken_again_before_any_bulk_work_ends(world: World) -> None:
    async with replicator(world, backfill_mib_per_second=0.001):
        fresh = await world.upload(os.urandom(100))
        await world.until(fresh, every="READY")
        for _ in range(20):
            await world.upload(os.urandom(100_000), tell=False)
        await world.pool.execute(MAKE_BULK)
        await until_copying(world, 2 * SETTINGS.small_concurrency)


async def test_only_uploads_are_urgent(world: World) -> None:
    now = [0.0]
    heard = Urgent(lambda: now[0])

    def is_there() -> bool:
        return heard.is_there

    woken: list[float] = []
    following = asyncio.create_task(heard.follow(world.stream, woken.append))
    stored = FileStored(file_id=new_id(), version_id=new_id(), owner_id=new_id())
    async with asyncio.timeout(20):
        while not is_there():
            await world.stream.add([encode(stored)])
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)
    now[0] = urgent.MAKE_ROOM_SECONDS
    assert not is_there()
    assert not woken
    await world.stream.add([encode(ServerChanged(server_id=new_id(), state="off"))])
    async with asyncio.timeout(20):
        while not woken:
            await asyncio.sleep(0.05)
    assert not is_there()
    following.cancel()
