"""Copies that go well."""

from __future__ import annotations

import hashlib
import os
import uuid
from typing import Any

import pytest

from shared.events import NEWS_STREAM
from tests.replicator.conftest import World, replicator
from tests.world.cities import CAPE_TOWN, NEW_YORK, VLADIVOSTOK

PART = 300_000


@pytest.mark.parametrize("size", [0, 1, 65_536, 1_048_577, 9_000_000])
@pytest.mark.parametrize("knows_sha256", [True, False])
async def test_a_version_arrives_everywhere(world: World, size: int, knows_sha256: bool) -> None:
    content = os.urandom(size)
    async with replicator(world):
        version = await world.upload(content, knows_sha256=knows_sha256)
        await world.until(version, every="READY")
    stored = await world.version(version)
    assert stored.sha256 == hashlib.sha256(content).digest()
    await world.check()


@pytest.mark.parametrize("size", [PART + 1, 4 * PART, 10 * PART - 1])
async def test_large_objects_go_in_parts(world: World, size: int) -> None:
    async with replicator(world, multipart_bytes=PART, part_bytes=PART):
        version = await world.upload(os.urandom(size))
        await world.until(version, every="READY")
    parts = -(-size // PART)
    assert world.wires[CAPE_TOWN].count("PUT", "uploadId=") == parts
    assert (await world.row(version, CAPE_TOWN)).upload_id is None
    await world.check()


async def test_objects_at_the_threshold_go_whole(world: World) -> None:
    async with replicator(world, multipart_bytes=PART, part_bytes=PART):
        version = await world.upload(os.urandom(PART))
        await world.until(version, every="READY")
    assert world.wires[CAPE_TOWN].count("PUT", "uploadId=") == 0


async def test_one_reading_serves_all_cities(world: World) -> None:
    async with replicator(world):
        version = await world.upload(os.urandom(3_000_000))
        await world.until(version, every="READY")
    assert world.wires[NEW_YORK].count("GET", version.key) == 1
    assert world.wires[CAPE_TOWN].count("PUT", version.key) == 1
    assert world.wires[VLADIVOSTOK].count("PUT", version.key) == 1


async def test_the_nearest_holder_is_read(world: World) -> None:
    async with replicator(world):
        version = await world.upload(os.urandom(1000), tell=False)
        await world.pool.execute(
            "UPDATE storage.replicas SET state = 'READY' WHERE server_id = $1",
            world.servers[VLADIVOSTOK].id,
        )
        await world.direct(VLADIVOSTOK).put(version.key, os.urandom(1000), 1000)
        await world.direct(VLADIVOSTOK).put(
            version.key, world.path(NEW_YORK, version).read_bytes(), 1000
        )
        await world.relay()
        await world.until(version, every="READY")
    # From Cape Town, New York is nearer than Vladivostok.
    assert world.wires[NEW_YORK].count("GET", version.key) == 1
    assert world.wires[VLADIVOSTOK].count("GET", version.key) == 0


async def test_another_holder_is_read_when_the_first_is_away(world: World) -> None:
    content = os.urandom(500_000)
    async with replicator(world):
        version = await world.upload(content, tell=False)
        await world.direct(VLADIVOSTOK).put(version.key, content, len(content))
        await world.pool.execute(
            "UPDATE storage.replicas SET state = 'READY' WHERE server_id = $1",
            world.servers[VLADIVOSTOK].id,
        )
        world.wires[NEW_YORK].breaks_after = 200_000
        await world.relay()
        await world.until(version, every="READY")
    assert (await world.row(version, CAPE_TOWN)).attempt == 1
    await world.check()


async def test_an_inactive_city_gets_no_copies_until_it_is_active(world: World) -> None:
    async with replicator(world):
        await _set(world, VLADIVOSTOK, is_active=False)
        version = await world.upload(os.urandom(1000))
        await world.until(version, cape_town="READY")
        # It was active when the version was stored, and is switched off before the copy.
        await _set(world, VLADIVOSTOK, is_active=True)
        late = await world.upload(os.urandom(1000), tell=False)
        await _set(world, VLADIVOSTOK, is_active=False)
        await world.relay()
        await world.until(late, cape_town="READY", vladivostok="WANTED")
        await _set(world, VLADIVOSTOK, is_active=True)
        await world.until(late, every="READY")
    await world.check()


async def test_fifty_files_at_once(world: World) -> None:
    async with replicator(world):
        versions = [await world.upload(os.urandom(20_000), tell=False) for _ in range(50)]
        await world.relay()
        for version in versions:
            await world.until(version, every="READY")
    assert world.wires[NEW_YORK].count("GET") == 50
    await world.check()


async def test_a_server_that_came_later_gets_everything(world: World) -> None:
    await _set(world, CAPE_TOWN, is_active=False)
    async with replicator(world):
        versions = [await world.upload(os.urandom(100)) for _ in range(3)]
        gone = await world.upload(os.urandom(100))
        for version in (*versions, gone):
            await world.until(version, vladivostok="READY", cape_town="")
        await world.delete(gone)
        await world.until(gone, vladivostok="GONE")
        await _set(world, CAPE_TOWN, is_active=True)
        for version in versions:
            await world.until(version, every="READY")
        await world.until(gone, cape_town="")
    await world.check()


async def test_pages_are_told(world: World) -> None:
    async with replicator(world):
        version = await world.upload(os.urandom(1000))
        await world.until(version, every="READY")
        await world.pool.fetch("SELECT pg_sleep(0.2)")
    entries: Any = await world.stream._redis.xrange(NEWS_STREAM)
    ready = [fields for _, fields in entries if fields["type"] == "REPLICA.READY"]
    assert {uuid.UUID(fields["server_id"]) for fields in ready} == {
        world.servers[CAPE_TOWN].id,
        world.servers[VLADIVOSTOK].id,
    }
    assert {fields["owner_id"] for fields in ready} == {str(version.owner_id)}


async def _set(world: World, city: str, *, is_active: bool) -> None:
    await world.pool.execute(
        "UPDATE storage.servers SET is_active = $2 WHERE id = $1", world.servers[city].id, is_active
    )
