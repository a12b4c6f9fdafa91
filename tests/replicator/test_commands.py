"""What an operator asks of replication from the command line."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import TYPE_CHECKING, Any

from tests.replicator.conftest import VAULT_KEY, World, replicator
from tests.world.cities import CAPE_TOWN

if TYPE_CHECKING:
    pass

ALMOST_GIVEN_UP = "UPDATE storage.replicas SET failures = 7 WHERE version_id = $1"
TOO_LARGE = (400, b"<Error><Code>EntityTooLarge</Code></Error>")


async def command(world: World, *arguments: str) -> tuple[int, str, str]:
    """Run a command as an operator does: exit status, what it said, what it complained of."""
    process = await asyncio.create_subprocess_exec(
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
    for name in ("status", "errors", "retry", "backfill", "run"):
        status, said, _ = await command(world, name, "--help")
        assert (status, "Usage:" in said) == (0, True)
