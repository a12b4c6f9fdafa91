"""What the servers should hold is compared with what is written down, and gaps are closed."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from services.replicator.catalog.wanted import BEFORE_ALL, describe_placement, want_page
from services.replicator.jobs.reconcile import PAGE, Walk
from shared.catalog.jobs import list_jobs
from shared.catalog.servers import upsert_server
from shared.catalog.versions import mark_stored
from shared.vault import Vault
from tests.replicator.conftest import VAULT_KEY, World, replicator
from tests.world.cities import CAPE_TOWN, NEW_YORK, VLADIVOSTOK

if TYPE_CHECKING:
    from shared.catalog.versions import Version

LOCK_FILE = "SELECT id FROM storage.files WHERE id = $1 FOR UPDATE"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
HOLDERS = "SELECT count(*) FROM storage.replicas WHERE version_id = $1"
FORGET = "DELETE FROM storage.replicas WHERE server_id = $1"
ERASED = """
UPDATE storage.replicas SET state = 'GONE', updated_at = now() - make_interval(mins => $2)
WHERE server_id = $1
"""


async def add_frankfurt(world: World) -> None:
    """Add a fourth server: the node of Cape Town by another name."""
    new = world.cities[CAPE_TOWN].as_server(name="frankfurt", bucket="frankfurt")
    await upsert_server(world.pool, Vault([VAULT_KEY]), new)


async def until_holders(world: World, version: Version, count: int) -> None:
    async with asyncio.timeout(20):
        while await world.pool.fetchval(HOLDERS, version.id) < count:
            await asyncio.sleep(0.05)


async def test_a_server_added_while_an_upload_is_marked_stored_gets_it(world: World) -> None:
    version = await world.start(os.urandom(1000))
    async with world.pool.acquire() as other:
        async with other.transaction():
            await other.execute(LOCK_FILE, version.file_id)
            # It has seen three servers already, and waits.
            marking = asyncio.create_task(mark_stored(world.pool, version, version.sha256))
            async with asyncio.timeout(10):
                while not await world.pool.fetchval(WAITING):
                    await asyncio.sleep(0.01)
            await add_frankfurt(world)
        assert await marking
    assert await world.pool.fetchval(HOLDERS, version.id) == 3
    async with replicator(world):
        await until_holders(world, version, 4)


async def finished_walk(world: World) -> Walk:
    """How far it came when it was done; the copies may be there before that is written down."""
    async with asyncio.timeout(30):
        while True:
            jobs = {job.name: job for job in await list_jobs(world.pool)}
            seen = Walk.read(jobs["placement.reconcile"].progress)
            if seen.is_done:
                return seen
            await asyncio.sleep(0.05)


async def test_a_gap_that_opens_just_after_the_walk_is_closed_by_the_next(world: World) -> None:
    version = await world.upload(os.urandom(1000), tell=False)
    placement, now = await describe_placement(world.pool)
    walk = Walk(placement=placement, is_done=True, again_at=now - 1)
    await world.pool.execute(FORGET, world.servers[CAPE_TOWN].id)
    async with replicator(world):
        await world.until(version, every="READY")
        seen = await finished_walk(world)
    assert seen.placement == walk.placement
    assert (seen.is_done, seen.seen, seen.added) == (True, 1, 1)
    # The first walk after a change is soon followed by another.
    assert seen.again_at - now < 60
    await world.check()


async def test_nothing_is_wanted_of_what_is_being_deleted(world: World) -> None:
    stored = await world.upload(os.urandom(100), tell=False)
    deleted = await world.upload(os.urandom(100), tell=False)
    await world.delete(deleted, tell=False)
    await world.pool.execute(FORGET, world.servers[VLADIVOSTOK].id)
    page = await want_page(world.pool, BEFORE_ALL, PAGE)
    assert (page.seen, page.added) == (1, 1)
    assert page.last == (stored.owner_id, stored.id)
    assert await want_page(world.pool, page.last, PAGE) == type(page)(None, 0, 0)
    assert (await world.states(stored))[VLADIVOSTOK] == "WANTED"
    assert (await world.states(deleted))[VLADIVOSTOK] == ""


async def test_what_was_erased_is_wanted_again_when_nobody_can_be_erasing_it(world: World) -> None:
    version = await world.upload(os.urandom(100), tell=False)
    city = world.servers[CAPE_TOWN].id
    for minutes, added in ((1, 0), (60, 1)):
        await world.pool.execute(ERASED, city, minutes)
        assert (await want_page(world.pool, BEFORE_ALL, PAGE)).added == added
    async with replicator(world):
        await world.until(version, every="READY")
    await world.check()


async def test_pages_walk_through_all_versions_once(world: World) -> None:
    versions = [await world.upload(b"x", tell=False) for _ in range(5)]
    await world.pool.execute(FORGET, world.servers[CAPE_TOWN].id)
    after, added, pages = BEFORE_ALL, 0, 0
    while (page := await want_page(world.pool, after, 2)).last is not None:
        after, added, pages = page.last, added + page.added, pages + 1
    assert (added, pages) == (5, 3)
    for version in versions:
        assert (await world.states(version))[CAPE_TOWN] == "WANTED"
        assert (await world.states(version))[NEW_YORK] == "READY"
