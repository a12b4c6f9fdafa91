"""Who has lost a lease changes nothing that another may have made."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from services.replicator.catalog.claims import (
    Asked,
    Claim,
    claim_copies,
    fail_copy,
    note_upload,
    renew_leases,
)
from services.replicator.catalog.finishing import Arrived, finish_copies, finish_copy
from services.replicator.catalog.questions import questions_to
from services.replicator.copying import claiming, settle
from services.replicator.copying.evidence import Proven
from tests.replicator.conftest import World, replicator
from tests.world.cities import CAPE_TOWN, NEW_YORK, VLADIVOSTOK

if TYPE_CHECKING:
    from uuid import UUID

    import pytest

    from shared.catalog.versions import Version

TAKE_AWAY = """
UPDATE storage.replicas SET state = $3, lease_owner = NULL, lease_until = NULL
WHERE version_id = $1 AND server_id = $2
"""
IS_WAITED_FOR = """
SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND relation = 'storage.replicas'::regclass
"""
HOLD = "SELECT FROM storage.{} WHERE {} = $1 FOR UPDATE"
EXPIRE = "UPDATE storage.replicas SET lease_until = now() - interval '1 s' WHERE server_id = $1"


def reading_of(version: Version, sha256: bytes | None = None) -> Proven:
    """What a copier that has read the version, or other bytes, knows."""
    known = sha256 or version.sha256
    assert known is not None
    return Proven(known, "sha256", version.upload_server_id)


async def claim(world: World, version: Version, servers: list[UUID], name: str) -> list[Claim]:
    """Take what is due."""
    (claims,) = await claim_copies(world.pool, [Asked(version, servers, name)], 30)
    return claims


async def finish(world: World, claimed: Claim, read: Proven) -> str | None:
    """Finish a copy among others, as it is done first, or else alone."""
    copy = Arrived(claimed, read)
    (state,) = await finish_copies(world.pool, [copy])
    return state or await finish_copy(world.pool, copy)


@asynccontextmanager
async def taken_away(world: World, state: str) -> AsyncIterator[Version]:
    """Change the row of a copy under way, as another worker would."""
    world.wires[CAPE_TOWN].bytes_per_second = 2_000_000
    async with replicator(world, lease_seconds=60):
        version = await world.upload(os.urandom(2_000_000))
        await world.until(version, cape_town="COPYING")
        await asyncio.sleep(0.2)
        server = world.servers[CAPE_TOWN]
        await world.pool.execute(TAKE_AWAY, version.id, server.id, state)
        yield version


async def test_what_was_erased_meanwhile_is_erased_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settle, "AGAIN_SECONDS", 1)
    async with taken_away(world, "GONE") as version:
        await world.until(version, cape_town="ERASING", vladivostok="READY")
        # What was cut off, and written nevertheless.
        await world.put(CAPE_TOWN, version.key, b"late")
        await world.until(version, cape_town="GONE")
        assert not world.path(CAPE_TOWN, version).exists()
    await world.check()


async def test_what_another_made_ready_is_left_alone(world: World) -> None:
    async with taken_away(world, "READY") as version:
        await world.until(version, vladivostok="READY")
        await asyncio.sleep(2)
        assert (await world.states(version))[CAPE_TOWN] == "READY"
        assert world.path(CAPE_TOWN, version).exists()


async def test_a_claim_is_one_workers(world: World) -> None:
    version = await world.upload(b"", tell=False)
    servers = [server.id for server in world.servers.values()]
    both = await asyncio.gather(*(claim(world, version, servers, name) for name in "abcdefgh"))
    claims = [claim for claims in both for claim in claims]
    assert {claim.server_id for claim in claims} == {
        world.servers[CAPE_TOWN].id,
        world.servers[VLADIVOSTOK].id,
    }
    assert len(claims) == 2
    assert await renew_leases(world.pool, claims[:1], 30) == {claims[0].server_id}


async def test_a_lost_lease_changes_nothing(world: World) -> None:
    version = await world.upload(b"", tell=False)
    server = world.servers[CAPE_TOWN].id
    (old,) = await claim(world, version, [server], "old")
    await world.pool.execute(EXPIRE, server)
    (new,) = await claim(world, version, [server], "new")
    assert new.attempt == old.attempt + 1
    assert version.sha256 is not None
    assert not await note_upload(world.pool, old, "upload")
    assert await renew_leases(world.pool, [old], 30) == set()
    assert await finish(world, old, reading_of(version)) is None
    assert await fail_copy(world.pool, old, "e", is_failure=True, delay_seconds=1) is None
    assert (await world.row(version, CAPE_TOWN)).state == "COPYING"
    assert await note_upload(world.pool, new, "upload")
    assert await finish(world, new, reading_of(version)) == "READY"


async def test_a_copy_of_other_bytes_is_never_ready(world: World) -> None:
    version = await world.upload(b"", tell=False)
    server = world.servers[CAPE_TOWN].id
    (claimed,) = await claim(world, version, [server], "somebody")
    assert await finish(world, claimed, reading_of(version, b"!" * 32)) is None
    assert (await world.row(version, CAPE_TOWN)).state == "COPYING"


async def test_a_copy_of_a_deleted_version_is_never_ready(world: World) -> None:
    version = await world.upload(b"", tell=False)
    server = world.servers[CAPE_TOWN].id
    (claimed,) = await claim(world, version, [server], "somebody")
    await world.delete(version, tell=False)
    assert version.sha256 is not None
    assert await finish(world, claimed, reading_of(version)) == "ERASING"


async def test_a_copy_waits_for_a_deletion_under_way(world: World) -> None:
    version = await world.upload(b"", tell=False)
    server = world.servers[CAPE_TOWN].id
    (claimed,) = await claim(world, version, [server], "somebody")
    assert version.sha256 is not None
    async with world.pool.acquire() as db, db.transaction():
        await db.execute("UPDATE storage.versions SET state = 'DELETING' WHERE id = $1", version.id)
        finishing = asyncio.create_task(finish(world, claimed, reading_of(version)))
        await asyncio.sleep(0.2)
        assert not finishing.done()
    assert await finishing == "ERASING"


async def test_what_somebody_holds_does_not_keep_others_waiting(world: World) -> None:
    versions = [await world.upload(b"", tell=False) for _ in range(3)]
    servers = [world.servers[CAPE_TOWN].id, world.servers[VLADIVOSTOK].id]
    asked = [Asked(version, servers, f"{version.id}") for version in versions]
    async with world.pool.acquire() as db, db.transaction():
        await db.execute(
            "SELECT FROM storage.replicas WHERE version_id = $1 FOR UPDATE", versions[0].id
        )
        claims = await claim_copies(world.pool, asked, 30)
    assert [len(found) for found in claims] == [0, 2, 2]
    copies = [
        Arrived(one, reading_of(version), is_first=is_first)
        for version, found, is_first in zip(versions, claims, (False, False, True), strict=True)
        for one in found
    ]
    async with world.pool.acquire() as db, db.transaction():
        await db.execute(HOLD.format("versions", "id"), versions[1].id)
        assert await finish_copies(world.pool, copies) == [None, None, "READY", "READY"]
    assert await finish_copies(world.pool, copies) == ["READY", "READY", None, None]


async def test_what_is_claimed_for_who_was_stopped_is_given_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The statement is on its way already: nobody would know of the lease until it ends."""
    monkeypatch.setattr(claiming, "CLEANING_SECONDS", 60)
    version = await world.upload(os.urandom(1000), tell=False)
    servers = [world.servers[CAPE_TOWN].id, world.servers[VLADIVOSTOK].id]
    catalog = questions_to(world.pool, 60)
    asking = claiming.claim(world.pool, catalog, Asked(version, servers, "stopped"))
    async with world.pool.acquire() as db, db.transaction():
        await db.execute("LOCK TABLE storage.replicas IN SHARE ROW EXCLUSIVE MODE")
        task = asyncio.create_task(asking)
        while not await db.fetchval(IS_WAITED_FOR):
            await asyncio.sleep(0.01)
        task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    for city in (CAPE_TOWN, VLADIVOSTOK):
        row = await world.row(version, city)
        assert (row.state, row.attempt, row.lease_owner) == ("WANTED", 1, None)


async def test_the_first_of_many_readings_gives_a_version_its_hash(world: World) -> None:
    versions = [await world.upload(b"", tell=False, knows_sha256=False) for _ in range(2)]
    server = world.servers[CAPE_TOWN].id
    copies = []
    for version in versions:
        (one,) = await claim(world, version, [server], "somebody")
        copies.append(Arrived(one, reading_of(version, b"1" * 32), is_first=True))
    assert await finish_copies(world.pool, copies) == ["READY", "READY"]
    for version in versions:
        assert (await world.version(version)).sha256 == b"1" * 32
        assert (await world.row(version, NEW_YORK)).verified_at is not None
    (other,) = await claim(world, versions[0], [world.servers[VLADIVOSTOK].id], "other")
    wrong = Arrived(other, reading_of(versions[0], b"2" * 32), is_first=True)
    assert await finish_copies(world.pool, [wrong]) == [None]
    assert await finish_copy(world.pool, wrong) is None


async def test_nothing_is_claimed_for_a_deleted_version(world: World) -> None:
    version = await world.upload(b"", tell=False)
    await world.delete(version, tell=False)
    servers = [server.id for server in world.servers.values()]
    assert await claim(world, version, servers, "somebody") == []
    assert (await world.row(version, NEW_YORK)).state == "READY"
