"""Copies that were lost, are wrong or cannot be read: looked at again until they are right."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest

from services.replicator.catalog.claims import Asked, claim_copies
from services.replicator.catalog.finishing import Arrived, finish_copies, finish_copy
from services.replicator.catalog.suspects import suspect_replica
from services.replicator.copying.evidence import Proven
from shared.catalog.jobs import run_job_now
from shared.events import NEWS_STREAM
from tests.replicator.conftest import World, replicator
from tests.replicator.sweeping import OLD, ready, sweep
from tests.world.calm import PATIENCE_SECONDS
from tests.world.cities import CAPE_TOWN, NEW_YORK, VLADIVOSTOK

NO_SUCH_KEY = (404, b"<Error><Code>NoSuchKey</Code></Error>")
BROKEN = (500, b"<Error><Code>InternalError</Code></Error>")
ONE_CITY = "UPDATE storage.servers SET is_active = (name = $1)"
LAST_SCRUB = "SELECT * FROM storage.sweeps WHERE kind = 'scrub' ORDER BY id DESC LIMIT 1"
RUNS = "SELECT runs, lease_until IS NULL AS is_over FROM storage.jobs WHERE name = 'sweep.scrub'"
DUE = "UPDATE storage.jobs SET due_at = now() WHERE name = 'sweep.scrub'"
UNREAD = """
UPDATE storage.replicas SET verified_at = now() - make_interval(days => $2) WHERE version_id = $1
"""
REMOVE = """
UPDATE storage.servers SET removed_at = now(), is_on = false, is_active = false WHERE id = $1
"""
FORGET = """
UPDATE storage.replicas SET state = 'GONE', next_attempt_at = NULL WHERE server_id = $1
"""
BECOME = """
UPDATE storage.replicas SET state = $1, next_attempt_at = now() WHERE state <> 'GONE'
"""
RESTING = """
SELECT count(*) FROM storage.replicas
WHERE state <> 'GONE' AND next_attempt_at > now() + interval '5 hours'
"""
AN_HOUR_LATER = """
UPDATE storage.replicas SET updated_at = updated_at - interval '1 hour',
    next_attempt_at = next_attempt_at - interval '1 hour'
"""


async def scrub(world: World, *, is_asked: bool = True) -> None:
    """Have a scrub made, and wait until it is over."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (before := await world.pool.fetchrow(RUNS)) is None or not before["is_over"]:
            await asyncio.sleep(0.05)
        if is_asked:
            assert await run_job_now(world.pool, "sweep.scrub")
        else:
            await world.pool.execute(DUE)
        while True:
            now = await world.pool.fetchrow(RUNS)
            assert now is not None
            if now["runs"] > before["runs"] and now["is_over"]:
                return
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("knows_sha256", [True, False])
async def test_an_only_copy_that_was_lost_is_read_again_and_believed(
    world: World, knows_sha256: bool
) -> None:
    await world.pool.execute(ONE_CITY, NEW_YORK)
    async with replicator(world):
        version = await world.upload(b"abc", knows_sha256=knows_sha256)
        await world.pool.execute(OLD)
        world.wires[NEW_YORK].answers["GET"] = NO_SUCH_KEY
        await scrub(world)
        await world.until(version, new_york="SUSPECT")
        await scrub(world)
        await world.until(version, new_york="SUSPECT")
        world.wires[NEW_YORK].heal()
        await scrub(world)
        await world.until(version, new_york="READY")
        row = await world.row(version, NEW_YORK)
        assert row.verified_at is not None
        assert row.last_error is None
        sweep = await world.pool.fetchrow(LAST_SCRUB)
        assert sweep is not None
        assert (sweep["seen"], sweep["healed"]) == (1, 1)
    await world.check()


async def test_an_only_copy_is_read_again_by_itself_once_an_hour(world: World) -> None:
    await world.pool.execute(ONE_CITY, NEW_YORK)
    async with replicator(world):
        version = await world.upload(b"abc")
        await world.pool.execute(OLD)
        await world.direct(NEW_YORK).delete(version.key)
        await scrub(world)
        await world.until(version, new_york="SUSPECT")
        await world.put(NEW_YORK, version.key, b"abc")
        await scrub(world, is_asked=False)
        await world.until(version, new_york="SUSPECT")
        await world.pool.execute(AN_HOUR_LATER)
        await scrub(world, is_asked=False)
        await world.until(version, new_york="READY")
    await world.check()


@pytest.mark.parametrize("state", ["WANTED", "FAILED"])
async def test_what_nobody_has_any_more_rests_for_hours(world: World, state: str) -> None:
    """As after a removal that was confirmed; the page is told once of each copy."""
    lost = await world.upload(b"abc", tell=False)
    await world.pool.execute(REMOVE, world.servers[NEW_YORK].id)
    await world.pool.execute(FORGET, world.servers[NEW_YORK].id)
    await world.pool.execute(BECOME, state)
    async with replicator(world):
        for _ in range(2):
            async with asyncio.timeout(PATIENCE_SECONDS):
                while await world.pool.fetchval(RESTING) < 2:
                    await asyncio.sleep(0.05)
            await world.pool.execute(BECOME, state)
        found = await world.upload(b"abd", city=CAPE_TOWN)
        told: list[str] = []
        async with asyncio.timeout(PATIENCE_SECONDS):
            while "REPLICA.READY" not in told:
                entries: Any = await world.stream._redis.xrange(NEWS_STREAM)
                told = [fields["type"] for _, fields in entries if "server_id" in fields]
        assert told.count("REPLICA.FAILED") == 2
        await world.until(found, vladivostok="READY")
    states = await world.states(lost)
    assert (states[CAPE_TOWN], states[VLADIVOSTOK]) == (state, state)
    row = await world.row(lost, CAPE_TOWN)
    assert (row.attempt, row.last_error) == (0, "no server has a copy any more")
    assert not any(world.wires[city].count("PUT", lost.key) for city in world.wires)


async def test_wrong_bytes_are_read_again_and_not_believed(world: World) -> None:
    await world.pool.execute(ONE_CITY, NEW_YORK)
    async with replicator(world):
        version = await world.upload(b"abc")
        await world.pool.execute(OLD)
        await world.put(NEW_YORK, version.key, b"abd")
        for _ in range(2):
            await scrub(world)
            await world.until(version, new_york="SUSPECT")
        row = await world.row(version, NEW_YORK)
        assert row.verified_at is None
        assert "other bytes" in row.last_error
        await world.direct(NEW_YORK).delete(version.key)


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("among_others", [True, False])
async def test_what_was_doubted_while_its_first_copy_was_made_is_made_again(
    world: World, is_first: bool, among_others: bool
) -> None:
    version = await world.upload(b"abc", knows_sha256=not is_first, tell=False)
    wanted = [world.servers[VLADIVOSTOK].id]
    ((claim,),) = await claim_copies(world.pool, [Asked(version, wanted, "somebody")], 30)
    sha256 = bytes.fromhex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    read = Proven(sha256, "sha256", world.servers[NEW_YORK].id)
    if among_others and is_first:
        # Its source is locked by nobody and READY, so another one is doubted.
        await world.pool.execute(
            "UPDATE storage.replicas SET state = 'READY' WHERE server_id = $1",
            world.servers[CAPE_TOWN].id,
        )
    doubted = CAPE_TOWN if among_others and is_first else NEW_YORK
    assert await suspect_replica(world.pool, version, world.servers[doubted].id, "lost")
    copy = Arrived(claim, read, is_first=is_first)
    if among_others:
        assert await finish_copies(world.pool, [copy]) == ["READY"]
    else:
        assert await finish_copy(world.pool, copy) == "READY"
    assert (await world.states(version))[doubted] == "WANTED"


async def test_a_city_that_is_away_is_no_reason_to_give_up_an_only_copy(world: World) -> None:
    """What could only be made again from there is rather read again."""
    async with replicator(world):
        (version,) = await ready(world, 1)
        await world.pool.execute(
            "UPDATE storage.servers SET health = 'offline', is_active = false WHERE name <> $1",
            NEW_YORK,
        )
        world.wires[NEW_YORK].answers["GET"] = NO_SUCH_KEY
        await scrub(world)
        await world.until(version, new_york="SUSPECT")
        world.wires[NEW_YORK].heal()
        await scrub(world)
        await world.until(version, every="READY")
    await world.check()


async def test_a_scrub_of_an_emptied_bucket_stops_and_rests(world: World) -> None:
    async with replicator(world):
        versions = await ready(world, 15)
        for version in versions:
            await world.direct(VLADIVOSTOK).delete(version.key)
        world.wires[VLADIVOSTOK].answers["PUT"] = BROKEN
        found = (await sweep(world, "scrub"))[VLADIVOSTOK]
        assert found["missing"] == 11
        assert "are missing" in found["stopped_because"]
        for version in versions:
            await world.pool.execute(UNREAD, version.id, 60)
        await scrub(world, is_asked=False)
        states = [(await world.states(version))[VLADIVOSTOK] for version in versions]
        assert states.count("READY") == 4
        for version in versions:
            content = world.path(NEW_YORK, version).read_bytes()
            await world.put(VLADIVOSTOK, version.key, content)


async def test_an_object_that_cannot_be_read_stops_no_scrub(world: World) -> None:
    async with replicator(world):
        broken, rotten = await ready(world, 2)
        await world.pool.execute(UNREAD, broken.id, 20)
        await world.pool.execute(UNREAD, rotten.id, 10)
        line = world.wires[CAPE_TOWN]
        line.answers_for["GET", broken.key] = BROKEN
        await world.put(CAPE_TOWN, rotten.key, os.urandom(2000))
        found = (await sweep(world, "scrub"))[CAPE_TOWN]
        assert (found["seen"], found["changed"], found["healed"]) == (2, 1, 1)
        assert "could not be read" in found["stopped_because"]
        await world.until(rotten, every="READY")
        row = await world.row(broken, CAPE_TOWN)
        assert (row.state, row.verified_at, row.failures) == ("READY", None, 1)
        assert "500" in row.last_error
        # It is read again by itself, an hour later.
        count = line.count("GET", broken.key)
        await scrub(world, is_asked=False)
        assert line.count("GET", broken.key) == count
        line.heal()
        await world.pool.execute(AN_HOUR_LATER)
        await scrub(world, is_asked=False)
        row = await world.row(broken, CAPE_TOWN)
        assert row.verified_at is not None
        assert (row.failures, row.last_error, row.next_attempt_at) == (0, None, None)
    await world.check()


async def test_what_can_never_be_read_is_made_again_from_a_good_copy(world: World) -> None:
    async with replicator(world):
        broken, only = await ready(world, 2)
        for version in (broken, only):
            world.wires[CAPE_TOWN].answers_for["GET", version.key] = BROKEN
        world.wires[NEW_YORK].answers_for["GET", only.key] = BROKEN
        world.wires[VLADIVOSTOK].answers_for["GET", only.key] = BROKEN
        for count in range(1, 5):
            await scrub(world)
            assert (await world.row(broken, CAPE_TOWN)).failures == count
            await world.pool.execute(AN_HOUR_LATER)
        puts = world.wires[CAPE_TOWN].count("PUT", broken.key)
        await scrub(world)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while world.wires[CAPE_TOWN].count("PUT", broken.key) == puts:
                await asyncio.sleep(0.05)
        await world.until(broken, every="READY")
        # Where none can be read, none is given up.
        assert set((await world.states(only)).values()) == {"READY"}
        assert (await world.row(only, CAPE_TOWN)).failures == 5


async def test_many_objects_that_cannot_be_read_stop_no_scrub_for_good(world: World) -> None:
    async with replicator(world):
        *broken, rotten = await ready(world, 7)
        for version in broken:
            world.wires[CAPE_TOWN].answers_for["GET", version.key] = BROKEN
            await world.pool.execute(UNREAD, version.id, 20)
        await world.put(CAPE_TOWN, rotten.key, os.urandom(2000))
        found = (await sweep(world, "scrub"))[CAPE_TOWN]
        assert "500" in found["stopped_because"]
        assert found["changed"] == 0
        found = (await sweep(world, "scrub"))[CAPE_TOWN]
        assert (found["changed"], found["healed"]) == (1, 1)
        await world.until(rotten, every="READY")
