"""What is deleted goes everywhere, whenever, and never comes back."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest

from services.replicator.catalog.claims import Asked, claim_copies
from services.replicator.catalog.finishing import Arrived, finish_copy
from services.replicator.catalog.suspects import (
    MOST_READINGS,
    put_off,
    renew_suspects,
    suspect_replica,
)
from services.replicator.copying.evidence import Proven
from tests.replicator.conftest import World, replicator
from tests.world.calm import PATIENCE_SECONDS
from tests.world.cities import CAPE_TOWN, NEW_YORK, VLADIVOSTOK

if TYPE_CHECKING:
    from shared.catalog.versions import Version

VERIFIED = """
UPDATE storage.replicas SET state = 'READY', verified_at = now() WHERE server_id = $1
"""


async def test_a_deleted_version_is_erased_everywhere(world: World) -> None:
    async with replicator(world):
        version = await world.upload(os.urandom(1000))
        await world.until(version, every="READY")
        await world.delete(version)
        await world.until_gone(version)
    await world.check()


async def test_a_deletion_nobody_told_of_is_found(world: World) -> None:
    async with replicator(world):
        version = await world.upload(os.urandom(1000))
        await world.until(version, every="READY")
        await world.delete(version, tell=False)
        await world.until(version, every="GONE")
    await world.check()


async def test_what_was_never_copied_is_gone_at_once(world: World) -> None:
    version = await world.upload(os.urandom(1000), tell=False)
    await world.delete(version)
    async with replicator(world):
        await world.until(version, every="GONE")
    assert world.wires[CAPE_TOWN].requests == []
    await world.check()


@pytest.mark.parametrize("size", [300_000, 3_000_000])
async def test_a_copy_that_ends_after_the_deletion_erases_itself(world: World, size: int) -> None:
    async with replicator(world, part_bytes=500_000, multipart_bytes=1_000_000):
        for city in (CAPE_TOWN, VLADIVOSTOK):
            world.wires[city].bytes_per_second = size * 2
        version = await world.upload(os.urandom(size))
        await world.until(version, cape_town="COPYING", vladivostok="COPYING")
        await asyncio.sleep(0.1)
        await world.delete(version)
        await world.until_gone(version)
    await world.check()


async def test_a_city_that_is_off_is_erased_when_it_returns(world: World) -> None:
    async with replicator(world):
        version = await world.upload(os.urandom(1000))
        await world.until(version, every="READY")
        switching_off = "UPDATE storage.servers SET is_on = false WHERE name = $1"
        await world.pool.execute(switching_off, CAPE_TOWN)
        await world.delete(version)
        await world.until(version, new_york="GONE", vladivostok="GONE", cape_town="ERASING")
        assert (await world.version(version)).state == "DELETING"
        await asyncio.sleep(0.5)
        assert world.wires[CAPE_TOWN].count("DELETE") == 0
        await world.pool.execute("UPDATE storage.servers SET is_on = true")
        await world.until(version, every="GONE")
    await world.check()


async def test_a_city_that_is_away_is_erased_when_it_returns(world: World) -> None:
    async with replicator(world):
        version = await world.upload(os.urandom(1000))
        await world.until(version, every="READY")
        world.wires[CAPE_TOWN].refuse()
        await world.delete(version)
        await world.until(version, new_york="GONE", vladivostok="GONE", cape_town="ERASING")
        world.wires[CAPE_TOWN].heal()
        await world.until_gone(version)
    await world.check()


async def test_what_a_failed_attempt_may_have_left_is_erased(world: World) -> None:
    content = os.urandom(1000)
    async with replicator(world):
        world.wires[CAPE_TOWN].answers["PUT"] = (500, b"")
        version = await world.upload(content)
        await world.until(version, vladivostok="READY", cape_town="WANTED")
        # The answer was lost, the object was not.
        await world.direct(CAPE_TOWN).put(version.key, content, len(content))
        await world.delete(version)
        await world.until(version, every="GONE")
    await world.check()


async def erased_where_it_was_uploaded(world: World, version: Version) -> None:
    """Nothing was ever copied there, and yet there is an object."""
    assert (await world.states(version))[NEW_YORK] == "WANTED"
    await world.delete(version)
    async with replicator(world):
        await world.until_gone(version)
    await world.check()


@pytest.mark.parametrize("is_lost", [True, False])
async def test_what_is_to_be_made_again_is_erased_where_it_was_uploaded(
    world: World, is_lost: bool
) -> None:
    version = await world.upload(b"abc", tell=False)
    here = world.servers[NEW_YORK].id
    await world.pool.execute(VERIFIED, world.servers[VLADIVOSTOK].id)
    if is_lost:
        assert await suspect_replica(world.pool, version, here, "it holds other bytes")
        assert await renew_suspects(world.pool, version) == {here}
    else:
        for _ in range(MOST_READINGS):
            await put_off(world.pool, version, here, "it cannot be read")
    await erased_where_it_was_uploaded(world, version)


async def test_what_was_doubted_while_it_was_copied_is_erased_where_it_was_uploaded(
    world: World,
) -> None:
    version = await world.upload(b"abc", tell=False)
    here, there = world.servers[NEW_YORK].id, world.servers[VLADIVOSTOK].id
    ((claim,),) = await claim_copies(world.pool, [Asked(version, [there], "somebody")], 30)
    assert await suspect_replica(world.pool, version, here, "it holds other bytes")
    assert version.sha256 is not None
    read = Proven(version.sha256, "sha256", here)
    assert await finish_copy(world.pool, Arrived(claim, read)) == "READY"
    await erased_where_it_was_uploaded(world, version)


async def test_many_deletions(world: World) -> None:
    async with replicator(world):
        versions = [await world.upload(os.urandom(500), tell=False) for _ in range(40)]
        await world.relay()
        for version in versions:
            await world.until(version, every="READY")
        for version in versions:
            await world.delete(version, tell=False)
        await world.relay()
        for version in versions:
            await world.until_gone(version)
    await world.check()
    assert not await world.pool.fetch("SELECT * FROM storage.versions WHERE state <> 'GONE'")
    assert world.wires[NEW_YORK].count("DELETE") == 40


async def test_a_put_that_the_server_finishes_late(world: World) -> None:
    async with replicator(world):
        world.wires[CAPE_TOWN].answers["PUT"] = (503, b"")
        version = await world.upload(os.urandom(1000))
        await world.until(version, vladivostok="READY", cape_town="WANTED")
        await world.delete(version)
        await world.until(version, vladivostok="GONE", cape_town="ERASING")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not world.wires[CAPE_TOWN].count("DELETE"):
                await asyncio.sleep(0.01)
        await world.put(CAPE_TOWN, version.key, b"late")
        await world.until_gone(version)
    assert not world.path(CAPE_TOWN, version).exists()
    await world.check()
