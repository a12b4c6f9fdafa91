"""What an operator asks of replication from the command line."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from services.storage.cities.drain_reports import look_at_drains
from tests.replicator.conftest import VAULT_KEY, World, replicator
from tests.world.cities import CAPE_TOWN, NEW_YORK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ALMOST_GIVEN_UP = "UPDATE storage.replicas SET failures = 7 WHERE version_id = $1"
IS_DRAINING = "SELECT is_draining FROM storage.servers WHERE name = $1"
LIST_NOTES = """
SELECT user_id, data ->> 'drain' AS drain FROM storage.actions WHERE event = 'SERVER.DRAIN'
ORDER BY id
"""
LIST_NEWS = """
SELECT event ->> 'state' AS state FROM storage.outbox
WHERE event ->> 'type' = 'SERVER.CHANGED' ORDER BY id
"""
TOO_LARGE = (400, b"<Error><Code>EntityTooLarge</Code></Error>")


async def begin(world: World, *arguments: str) -> asyncio.subprocess.Process:
    """Begin a command as an operator does."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "services.replicator", *arguments),
        env={
            **os.environ,
            "MERIDIAN_DATABASE_URL": world.database.replicator,
            "MERIDIAN_REDIS_URL": world.redis_url,
            "MERIDIAN_SECRET_KEYS": VAULT_KEY,
            "MERIDIAN_ALLOW_LOCAL_SERVERS": "true",
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def command(world: World, *arguments: str) -> tuple[int, str, str]:
    """Run a command: exit status, what it said, what it complained of."""
    process = await begin(world, *arguments)
    said, complained = await process.communicate()
    return process.returncode or 0, said.decode(), complained.decode()


async def asked(world: World, *arguments: str) -> Any:
    status, said, complained = await command(world, *arguments, "--json")
    assert status == 0, complained
    return json.loads(said)


async def test_status_errors_and_retry(world: World) -> None:
    world.wires[CAPE_TOWN].answers["PUT"] = TOO_LARGE
    async with replicator(world):
        version = await world.upload(os.urandom(1000), tell=False)
        await world.pool.execute(ALMOST_GIVEN_UP, version.id)
        await world.relay()
        await world.until(version, cape_town="FAILED", vladivostok="READY")
        found = await asked(world, "status")
        servers = {row["server"]: row for row in found["servers"]}
        assert (servers[CAPE_TOWN]["backlog"], servers[CAPE_TOWN]["bytes"]) == (1, 1000)
        assert servers[CAPE_TOWN]["dead letters"] == 1
        assert {"placement.reconcile", "stream.trim"} <= {row["job"] for row in found["jobs"]}
        (error,) = await asked(world, "errors")
        assert (error["server"], error["copies"]) == (CAPE_TOWN, 1)
        assert "EntityTooLarge" in error["error"]
        world.wires[CAPE_TOWN].heal()
        assert await command(world, "retry", "--server", CAPE_TOWN) == (
            0,
            "1 to be tried again\n",
            "",
        )
        await world.until(version, every="READY")
    assert (await asked(world, "errors")) == []
    await world.check()


async def test_how_full_the_cities_are(world: World) -> None:
    version = await world.upload(os.urandom(1000), tell=False)
    status, said, _ = await command(world, "backfill")
    assert status == 0
    lines = {line.split()[0]: line for line in said.splitlines()}
    assert lines[CAPE_TOWN].endswith("0% 0 of 1 copies")
    assert lines["new-york"].endswith("100% 1 of 1 copies")
    await world.pool.execute("DELETE FROM storage.replicas WHERE state = 'WANTED'")
    async with replicator(world):
        await world.until(version, every="READY")
        status, said, complained = await command(world, "backfill", "--watch", "--now")
        assert (status, complained) == (0, "")
        assert said.count("100% 1 of 1 copies") >= 3
    found = await asked(world, "backfill")
    assert {(row["copies"], row["wanted"], row["bytes"]) for row in found} == {(1, 1, 1000)}


@asynccontextmanager
async def reporting(world: World) -> AsyncIterator[None]:
    """What the relay does about drains meanwhile."""

    async def look() -> None:
        while True:
            await look_at_drains(world.pool, "key")
            await asyncio.sleep(0.1)

    task = asyncio.create_task(look())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def is_draining(world: World) -> bool:
    row = await world.pool.fetchval(IS_DRAINING, NEW_YORK)
    return bool(row)


async def test_a_drain_is_planned_and_run_to_its_report(world: World) -> None:
    versions = [await world.upload(os.urandom(1000), tell=False) for _ in range(3)]
    plan = await asked(world, "drain", NEW_YORK, "--dry-run")
    assert (plan["state"], plan["files"], plan["bytes"]) == ("planned", 3, 3000)
    assert not await is_draining(world)
    async with replicator(world), reporting(world):
        status, said, complained = await command(world, "drain", NEW_YORK)
        assert (status, complained) == (0, "")
        # What is copied already when it begins is not counted.
        assert re.search("100% done: 0 of [0-3] files left", said)
        report = json.loads(said[said.index("{") :])
        assert (report["server"], report["versions"], report["sole_copies"]) == (NEW_YORK, 3, 0)
        assert report["signature"]["value"]
        for version in versions:
            await world.until(version, cape_town="READY", vladivostok="READY")
    assert await is_draining(world)
    assert await command(world, "drain", NEW_YORK, "--stop") == (
        0,
        "new-york takes files again.\n",
        "",
    )
    assert not await is_draining(world)
    notes = await world.pool.fetch(LIST_NOTES)
    assert [(row["user_id"], row["drain"]) for row in notes] == [
        (None, "started"),
        (None, "stopped"),
    ]
    # Every page hears of it, as of a drain that an operator begins there.
    news = await world.pool.fetch(LIST_NEWS)
    assert [row["state"] for row in news] == ["draining", "online"]


async def test_ctrl_c_stops_a_drain(world: World) -> None:
    await world.upload(os.urandom(1000), tell=False)
    process = await begin(world, "drain", NEW_YORK)
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    assert "0% running: 1 of 1 files left" in line
    assert await is_draining(world)
    process.send_signal(signal.SIGINT)
    _, complained = await process.communicate()
    assert process.returncode == 130
    assert complained.decode() == "Stopped: new-york takes files again.\n"
    assert not await is_draining(world)


async def test_what_cannot_be_drained_is_refused_in_words(world: World) -> None:
    await world.pool.execute("UPDATE storage.servers SET is_active = name = $1", NEW_YORK)
    status, _, complained = await command(world, "drain", NEW_YORK)
    assert (status, complained) == (
        1,
        "Error: There is no other server that could take the copies.\n",
    )
    status, _, complained = await command(world, "drain", NEW_YORK, "--stop")
    assert (status, complained) == (1, "Error: The server was not drained.\n")
    status, _, complained = await command(world, "drain", "nowhere", "--dry-run")
    assert (status, "There is no server nowhere" in complained) == (1, True)


async def test_words_for_people(world: World) -> None:
    status, said, _ = await command(world, "status")
    assert status == 0
    assert [line.split()[0] for line in said.splitlines()[:2]] == ["server", CAPE_TOWN]
    assert (await command(world, "errors"))[1] == "nothing\n"
    status, _, complained = await command(world, "retry")
    assert (status, "--all" in complained) == (2, True)
    status, _, complained = await command(world, "retry", "--server", "nowhere")
    assert status == 1
    assert "There is no server nowhere; there are cape-town" in complained
    for name in ("status", "errors", "retry", "backfill", "drain", "run"):
        status, said, _ = await command(world, name, "--help")
        assert (status, "Usage:" in said) == (0, True)
