"""What the servers have is compared with what the rows say: lost, changed, rotten, unknown."""

from __future__ import annotations

import asyncio
import os
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from services.replicator.catalog import orphan_uploads
from services.storage.cities.marker import KEY
from services.storage.servers.canary import CANARY_KEY
from services.storage.servers.capability_calls import PREFIX
from shared.catalog.jobs import run_job_now
from shared.catalog.unknown_objects import forget_removed, forget_unseen, see_unknown
from shared.stores.store import Store
from tests.replicator.conftest import World, replicator
from tests.replicator.sweeping import OLD, ready, sweep
from tests.world.cities import CAPE_TOWN, NEW_YORK, VLADIVOSTOK

UNKNOWN = "SELECT key, state FROM storage.unknown_objects ORDER BY key"
LATER = """
UPDATE storage.unknown_objects SET first_seen_at = first_seen_at - make_interval(hours => $1),
    quarantined_at = quarantined_at - make_interval(hours => $1)
"""
STATE = """
UPDATE storage.replicas SET state = $3, updated_at = now() WHERE version_id = $1 AND server_id = $2
"""
MONTHS_OLD = "UPDATE storage.replicas SET verified_at = verified_at - interval '60 days'"
BROKEN = (500, b"<Error><Code>InternalError</Code></Error>")
MD5_OF_ABC = "900150983cd24fb0d6963f7d28e17f72"


async def unknown(world: World) -> dict[str, str]:
    return {row["key"]: row["state"] for row in await world.pool.fetch(UNKNOWN)}


async def test_an_inventory_finds_what_was_lost_or_cut_and_heals_it(world: World) -> None:
    async with replicator(world):
        lost, cut, whole = await ready(world, 3)
        await world.direct(CAPE_TOWN).delete(lost.key)
        await world.put(CAPE_TOWN, cut.key, b"short")
        found = (await sweep(world, "inventory"))[CAPE_TOWN]
        assert (found["seen"], found["missing"], found["changed"]) == (2, 1, 1)
        assert (found["healed"], found["unknown"], found["stopped_because"]) == (2, 0, None)
        for version in (lost, cut, whole):
            await world.until(version, every="READY")
    await world.check()


async def test_an_inventory_of_an_emptied_bucket_stops_and_says_so(world: World) -> None:
    async with replicator(world):
        versions = await ready(world, 15)
        for version in versions:
            await world.direct(VLADIVOSTOK).delete(version.key)
        found = (await sweep(world, "inventory"))[VLADIVOSTOK]
        assert found["missing"] == 11
        assert "are missing" in found["stopped_because"]
        for version in versions:
            content = world.path(NEW_YORK, version).read_bytes()
            await world.put(VLADIVOSTOK, version.key, content)


async def test_a_scrub_finds_rot_and_heals_it(world: World) -> None:
    async with replicator(world):
        rotten, whole = await ready(world, 2)
        await world.put(CAPE_TOWN, rotten.key, os.urandom(2000))
        found = (await sweep(world, "scrub"))[CAPE_TOWN]
        assert (found["seen"], found["changed"], found["healed"]) == (2, 1, 1)
        await world.until(rotten, every="READY")
        await world.until(whole, every="READY")
    await world.check()


async def test_a_scrub_that_nobody_asked_for_reads_what_was_not_read_for_long(
    world: World,
) -> None:
    async with replicator(world):
        (version,) = await ready(world, 1)
        await world.pool.execute(MONTHS_OLD)
        before = (await world.row(version, CAPE_TOWN)).verified_at
        await world.pool.execute(
            "UPDATE storage.jobs SET due_at = now() WHERE name = 'sweep.scrub'"
        )
        async with asyncio.timeout(20):
            while (await world.row(version, CAPE_TOWN)).verified_at == before:
                await asyncio.sleep(0.05)
        # Nothing is read again before its time.
        count = world.wires[CAPE_TOWN].count("GET", version.key)
        await world.pool.execute(
            "UPDATE storage.jobs SET due_at = now() WHERE name = 'sweep.scrub'"
        )
        await asyncio.sleep(2.5)
        assert world.wires[CAPE_TOWN].count("GET", version.key) == count
    await world.check()


async def test_a_scrub_proves_an_only_copy_by_the_etag_of_its_upload(world: World) -> None:
    await world.pool.execute("UPDATE storage.servers SET is_active = (name = $1)", NEW_YORK)
    async with replicator(world):
        version = await world.upload(
            b"abc", knows_sha256=False, etag="900150983cd24fb0d6963f7d28e17f72"
        )
        await world.pool.execute(OLD)
        async with asyncio.timeout(20):
            while not await run_job_now(world.pool, "sweep.scrub"):
                await asyncio.sleep(0.05)
            while (await world.row(version, NEW_YORK)).verified_at is None:
                await asyncio.sleep(0.05)
        assert (await world.version(version)).proof == "etag"


async def test_an_orphan_is_seen_quarantined_and_erased_weeks_later(world: World) -> None:
    """A PUT that ended after the last look, say; what else is there stays."""
    orphan, foreign = f"object-{uuid.uuid4().hex}", "somebody/else"
    async with replicator(world, quarantine_days=2):
        await ready(world, 2)
        await world.put(NEW_YORK, orphan, b"late")
        await world.put(NEW_YORK, foreign, b"not ours")
        found = (await sweep(world, "orphans"))[NEW_YORK]
        assert (found["seen"], found["unknown"], found["healed"]) == (4, 1, 0)
        assert await unknown(world) == {orphan: "seen"}
        # A second sight within the day changes nothing.
        await sweep(world, "orphans")
        assert await unknown(world) == {orphan: "seen"}
        await world.pool.execute(LATER, 25)
        await sweep(world, "orphans")
        assert await unknown(world) == {orphan: "quarantined"}
        await world.pool.execute(LATER, 25)
        await sweep(world, "orphans")
        assert await world.direct(NEW_YORK).head(orphan) is not None
        await world.pool.execute(LATER, 25)
        assert (await sweep(world, "orphans"))[NEW_YORK]["healed"] == 1
        assert await unknown(world) == {}
        assert await world.direct(NEW_YORK).head(orphan) is None
        await world.direct(NEW_YORK).delete(foreign)
    await world.check()


async def test_marker_and_canary_stay_and_what_a_probe_left_is_an_orphan(world: World) -> None:
    rest, store = f"{PREFIX}{uuid.uuid4().hex}", world.direct(NEW_YORK)
    async with replicator(world):
        for key in (KEY, CANARY_KEY, rest):
            await world.put(NEW_YORK, key, b"x")
        found = (await sweep(world, "orphans"))[NEW_YORK]
        assert (found["seen"], found["unknown"]) == (3, 1)
        assert await unknown(world) == {rest: "seen"}
        inventory = (await sweep(world, "inventory"))[NEW_YORK]
        assert (inventory["seen"], inventory["unknown"]) == (3, 1)
        for key in (KEY, CANARY_KEY, rest):
            await store.delete(key)


async def test_what_a_row_wants_is_never_unknown(world: World) -> None:
    async with replicator(world):
        stored = await ready(world, 1)
        pending = await world.start(os.urandom(10))
        incoming = f"incoming-{uuid.uuid4().hex}"
        await world.pool.execute(
            "UPDATE storage.versions SET upload_key = $2, next_check_at = now() + interval '1 h'"
            " WHERE id = $1",
            pending.id,
            incoming,
        )
        await world.put(NEW_YORK, incoming, b"x")
        # The same key where nobody expects it is an orphan.
        await world.put(CAPE_TOWN, pending.key, b"x")
        found = await sweep(world, "orphans")
        assert {city: row["unknown"] for city, row in found.items()} == {
            NEW_YORK: 0,
            VLADIVOSTOK: 0,
            CAPE_TOWN: 1,
        }
        assert await unknown(world) == {pending.key: "seen"}
        for key in (incoming, pending.key):
            await world.direct(NEW_YORK).delete(key)
            await world.direct(CAPE_TOWN).delete(key)
        world.versions.remove(pending)
        assert stored
    await world.check()


async def test_a_sweep_that_would_clear_much_clears_nothing(world: World) -> None:
    async with replicator(world, quarantine_days=1):
        keys = [f"object-{uuid.uuid4().hex}" for _ in range(11)]
        for key in keys:
            await world.put(NEW_YORK, key, b"x")
        await sweep(world, "orphans")
        await world.pool.execute(LATER, 25)
        found = (await sweep(world, "orphans"))[NEW_YORK]
        assert "too many" in found["stopped_because"]
        assert set((await unknown(world)).values()) == {"seen"}


async def test_a_sweep_that_cannot_list_clears_and_forgets_nothing(world: World) -> None:
    orphan = f"object-{uuid.uuid4().hex}"
    async with replicator(world, quarantine_days=1):
        await world.put(NEW_YORK, orphan, b"x")
        await sweep(world, "orphans")
        await world.pool.execute(LATER, 25)
        world.wires[NEW_YORK].answers["GET"] = (500, b"<Error><Code>InternalError</Code></Error>")
        found = (await sweep(world, "orphans"))[NEW_YORK]
        assert "500" in found["stopped_because"]
        assert await unknown(world) == {orphan: "seen"}
        world.wires[NEW_YORK].heal()
        await world.direct(NEW_YORK).delete(orphan)
        await sweep(world, "orphans")
        assert await unknown(world) == {}


async def test_a_restored_object_is_left_alone(world: World) -> None:
    orphan = f"object-{uuid.uuid4().hex}"
    async with replicator(world, quarantine_days=1):
        await world.put(NEW_YORK, orphan, b"x")
        await sweep(world, "orphans")
        await world.pool.execute("UPDATE storage.unknown_objects SET state = 'restored'")
        await world.pool.execute(LATER, 100)
        found = (await sweep(world, "orphans"))[NEW_YORK]
        assert (found["unknown"], found["healed"]) == (0, 0)
        assert await world.direct(NEW_YORK).head(orphan) is not None


async def test_a_restored_object_that_was_away_for_a_sweep_stays_restored(world: World) -> None:
    """An empty listing, say, of a disk that was not mounted."""
    orphan = f"object-{uuid.uuid4().hex}"
    async with replicator(world, quarantine_days=1):
        await world.put(NEW_YORK, orphan, b"x")
        await sweep(world, "orphans")
        await world.pool.execute("UPDATE storage.unknown_objects SET state = 'restored'")
        await world.direct(NEW_YORK).delete(orphan)
        await sweep(world, "orphans")
        await world.put(NEW_YORK, orphan, b"x")
        await sweep(world, "orphans")
        assert await unknown(world) == {orphan: "restored"}
        # With its server it is forgotten.
        await world.pool.execute("UPDATE storage.servers SET removed_at = now()")
        await forget_removed(world.pool)
        assert await unknown(world) == {}


async def test_of_two_sweeps_at_once_the_later_sight_counts(world: World) -> None:
    server_id, listed = world.servers[NEW_YORK].id, [("object-late", 1)]
    later = datetime.now(UTC)
    for at in (later, later - timedelta(minutes=5)):
        await see_unknown(world.pool, server_id, listed, at)
    await forget_unseen(world.pool, server_id, later)
    assert await unknown(world) == {"object-late": "seen"}


async def test_what_a_row_wants_again_just_before_its_erasure_stays(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy was surplus, its object outlived it, and a policy wants it there again."""
    async with replicator(world, quarantine_days=1):
        versions, server = await ready(world, 2), world.servers[NEW_YORK]
        for version in versions:
            await world.pool.execute(STATE, version.id, server.id, "GONE")
        for _ in range(2):
            await sweep(world, "orphans")
            await world.pool.execute(LATER, 25)
        erase, erased = Store.delete, []

        async def delete(store: Store, key: str) -> None:
            """While one is erased, the other is wanted again."""
            await erase(store, key)
            erased.append(key)
            for version in versions:
                if version.key not in erased:
                    await world.pool.execute(STATE, version.id, server.id, "READY")

        monkeypatch.setattr(Store, "delete", delete)
        await sweep(world, "orphans")
        monkeypatch.undo()
        assert len(erased) == 1
        assert await unknown(world) == {}
    await world.check()


async def test_an_orphan_that_cannot_be_erased_holds_up_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = orphan_uploads.IS_WANTED.replace("'24 hours'", "'0 hours'")
    monkeypatch.setattr(orphan_uploads, "IS_WANTED", statement)
    store, line = world.direct(NEW_YORK), world.wires[NEW_YORK]
    keys = [f"object-{number}{'0' * 31}" for number in range(3)]
    broken = keys[0]
    async with replicator(world, quarantine_days=1):
        for key in keys:
            await world.put(NEW_YORK, key, b"x")
        for _ in range(2):
            await sweep(world, "orphans")
            await world.pool.execute(LATER, 25)
        for key in (broken, "object-upload"):
            await store.multipart.create(key)
        line.answers_for["DELETE", broken] = BROKEN
        found = (await sweep(world, "orphans"))[NEW_YORK]
        assert "passed over" in found["stopped_because"]
        assert await unknown(world) == {broken: "erasing"}
        assert [await store.head(key) is None for key in keys] == [False, True, True]
        assert [upload.key async for upload in store.multipart.list_uploads()] == [broken]
        line.heal()
        found = (await sweep(world, "orphans"))[NEW_YORK]
        assert (found["healed"], found["stopped_because"]) == (2, None)
    await world.check()


async def test_an_object_that_cannot_be_looked_at_holds_up_no_inventory(world: World) -> None:
    async with replicator(world):
        broken, lost = sorted(await ready(world, 2), key=lambda version: version.key)
        for version in (broken, lost):
            await world.direct(CAPE_TOWN).delete(version.key)
        world.wires[CAPE_TOWN].answers_for["HEAD", broken.key] = BROKEN
        found = (await sweep(world, "inventory"))[CAPE_TOWN]
        assert (found["missing"], found["healed"]) == (1, 1)
        assert "passed over" in found["stopped_because"]
        await world.until(lost, every="READY")
        world.wires[CAPE_TOWN].heal()
        assert (await sweep(world, "inventory"))[CAPE_TOWN]["healed"] == 1
        await world.until(broken, every="READY")
    await world.check()


@pytest.mark.parametrize("hours", [0, 24])
async def test_an_unfinished_upload_that_no_row_knows_is_aborted_after_a_day(
    world: World, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    statement = orphan_uploads.IS_WANTED.replace("'24 hours'", f"'{24 - hours} hours'")
    monkeypatch.setattr(orphan_uploads, "IS_WANTED", statement)
    store = world.direct(NEW_YORK)
    key = f"object-{uuid.uuid4().hex}"
    await store.multipart.create(key)
    async with replicator(world):
        await sweep(world, "orphans")
        left = [upload.key async for upload in store.multipart.list_uploads()]
        assert left == ([] if hours else [key])
