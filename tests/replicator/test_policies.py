"""Changed policies move files: copies are added first, and only then erased where they are many."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

from shared.catalog.policy import Policy
from tests.replicator.conftest import World, replicator
from tests.world.cities import CAPE_TOWN, NAMES, NEW_YORK, VLADIVOSTOK

if TYPE_CHECKING:
    from uuid import UUID

    from shared.catalog.versions import Version

NOBODY = "00000000-0000-0000-0000-000000000000"
SET_DEFAULT = "UPDATE storage.policies SET rule = $2 WHERE owner_id = $1"
SET_OWN = """
WITH changed AS (INSERT INTO storage.placement_changes (owner_id) VALUES ($1))
INSERT INTO storage.policies (owner_id, target_id, rule) VALUES ($1, $2, $3)
"""
DROP_OWN = """
WITH changed AS (INSERT INTO storage.placement_changes (owner_id) VALUES ($1))
DELETE FROM storage.policies WHERE owner_id = $1
"""
MAKE_FOLDER = """
INSERT INTO storage.folders (owner_id, name, name_key, parent_id) VALUES ($1, $2, $2, $3)
RETURNING id
"""
PUT_INTO = "UPDATE storage.files SET folder_id = $3 WHERE owner_id = $1 AND id = $2"
MOVE_FOLDER = "UPDATE storage.folders SET parent_id = $3 WHERE owner_id = $1 AND id = $2"
VERIFIED = """
SELECT count(*) FROM storage.replicas
WHERE version_id = $1 AND state = 'READY' AND verified_at IS NOT NULL
"""


async def set_default(world: World, policy: Policy) -> None:
    await world.pool.execute(SET_DEFAULT, NOBODY, policy.rule)


async def holders(world: World, version: Version) -> set[str]:
    """Where the object of a version lies."""
    return {name for name in NAMES if world.path(name, version).exists()}


async def until_held(world: World, version: Version, *cities: str) -> None:
    """Wait until these cities have a verified copy, and no other has any."""
    wanted = {name: "READY" if name in cities else "GONE" for name in NAMES}
    try:
        async with asyncio.timeout(20):
            while await holders(world, version) != {*cities} or not all(
                state == wanted[name] or (state == "" and name not in cities)
                for name, state in (await world.states(version)).items()
            ):
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError((await world.states(version), cities)) from None


async def folder(world: World, owner_id: UUID, name: str, parent: Any = None) -> UUID:
    made: UUID = await world.pool.fetchval(MAKE_FOLDER, owner_id, name, parent)
    return made


async def test_an_upload_is_copied_as_often_as_the_policy_wants(world: World) -> None:
    await set_default(world, Policy(copies=2, near_owner=True))
    async with replicator(world):
        # Cape Town is nearer to New York than Vladivostok is to it.
        version = await world.upload(os.urandom(1000), city=CAPE_TOWN)
        await until_held(world, version, CAPE_TOWN, NEW_YORK)
        assert (await world.states(version))[VLADIVOSTOK] == ""
    await world.check()


async def test_fewer_copies_are_erased_and_more_are_made_again(world: World) -> None:
    async with replicator(world):
        versions = [await world.upload(os.urandom(1000)) for _ in range(5)]
        for version in versions:
            await world.until(version, every="READY")
        await set_default(world, Policy(copies=1))
        for version in versions:
            await until_held(world, version, NEW_YORK)
        await set_default(world, Policy())
        for version in versions:
            await until_held(world, version, *NAMES)
    await world.check()


async def test_a_move_adds_before_it_erases(world: World) -> None:
    """From two cities to two others, with the line of the new one slow: never fewer than two."""
    zone = world.servers[NEW_YORK].zone
    await set_default(world, Policy(copies=2, forbid=(world.servers[CAPE_TOWN].zone,)))
    async with replicator(world):
        versions = [await world.upload(os.urandom(200_000)) for _ in range(4)]
        for version in versions:
            await until_held(world, version, NEW_YORK, VLADIVOSTOK)
        least = 9

        async def watch() -> None:
            nonlocal least
            while True:
                for version in versions:
                    least = min(least, await world.pool.fetchval(VERIFIED, version.id))
                await asyncio.sleep(0)

        watching = asyncio.create_task(watch())
        world.wires[CAPE_TOWN].delay_seconds = 0.3
        await set_default(world, Policy(copies=2, forbid=(zone,)))
        for version in versions:
            await until_held(world, version, CAPE_TOWN, VLADIVOSTOK)
        watching.cancel()
    assert least == 2
    await world.check()


async def test_where_a_wanted_city_is_away_everything_stays(world: World) -> None:
    async with replicator(world):
        version = await world.upload(os.urandom(1000))
        await world.until(version, every="READY")
        await world.pool.execute(
            "UPDATE storage.servers SET health = 'offline' WHERE name = $1", VLADIVOSTOK
        )
        zone = world.servers[NEW_YORK].zone
        await set_default(world, Policy(copies=2, forbid=(zone,)))
        async with asyncio.timeout(10):
            while not (await world.row(version, NEW_YORK)).is_surplus:
                await asyncio.sleep(0.02)
        await asyncio.sleep(1)
        assert await holders(world, version) == {*NAMES}
    await world.check()


async def test_with_too_few_allowed_cities_nothing_is_erased(world: World) -> None:
    async with replicator(world):
        version = await world.upload(os.urandom(1000))
        await world.until(version, every="READY")
        zones = [world.servers[name].zone for name in (NEW_YORK, VLADIVOSTOK)]
        await set_default(world, Policy(copies=2, forbid=tuple(zones)))
        async with asyncio.timeout(10):
            while not (await world.row(version, NEW_YORK)).is_surplus:
                await asyncio.sleep(0.02)
        await asyncio.sleep(1)
        assert await holders(world, version) == {*NAMES}
    await world.check()


async def test_the_nearest_policy_counts_also_after_a_move(world: World) -> None:
    async with replicator(world):
        version = await world.upload(os.urandom(1000))
        await world.until(version, every="READY")
        owner = version.owner_id
        outer = await folder(world, owner, "outer")
        inner = await folder(world, owner, "inner", outer)
        elsewhere = await folder(world, owner, "elsewhere")
        await world.pool.execute(SET_OWN, owner, outer, Policy(copies=1).rule)
        await world.pool.execute(PUT_INTO, owner, version.file_id, inner)
        await until_held(world, version, NEW_YORK)
        await world.pool.execute(PUT_INTO, owner, version.file_id, elsewhere)
        await until_held(world, version, *NAMES)
        await world.pool.execute(MOVE_FOLDER, owner, elsewhere, outer)
        await until_held(world, version, NEW_YORK)
        await world.pool.execute(SET_OWN, owner, version.file_id, Policy(copies=3).rule)
        await until_held(world, version, *NAMES)
        await world.pool.execute(DROP_OWN, owner)
        async with asyncio.timeout(40):
            while await world.pool.fetchval("SELECT count(*) FROM storage.placement_changes"):
                await asyncio.sleep(0.1)
    await world.check()


async def test_policies_that_change_all_the_time_lose_nothing(world: World) -> None:
    """At the end all is where the last one wants it, by hash, and nowhere else."""
    async with replicator(world):
        versions = [await world.upload(os.urandom(5000)) for _ in range(8)]
        for round_number in range(12):
            forbidden = world.servers[NAMES[round_number % len(NAMES)]].zone
            copies = (1, 2, None)[round_number % 3]
            await set_default(world, Policy(copies=copies, forbid=(forbidden,)))
            await asyncio.sleep(0.25)
            for version in versions:
                assert await world.pool.fetchval(VERIFIED, version.id) >= 1
        await set_default(world, Policy(copies=2, forbid=(world.servers[NEW_YORK].zone,)))
        for version in versions:
            await until_held(world, version, VLADIVOSTOK, CAPE_TOWN)
    await world.check()
