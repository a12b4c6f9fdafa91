"""One file, one server or one row that is broken in itself harms no other."""

from __future__ import annotations

import os

import pytest

from services.replicator.copying import serve as serve_module
from services.replicator.copying.put import upload
from shared.vault import Vault, new_key
from tests.replicator.conftest import World, replicator
from tests.world.cities import CAPE_TOWN, NEW_YORK, VLADIVOSTOK


async def test_a_file_that_breaks_the_copier(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def break_down(*arguments: object) -> None:
        if arguments[1].size == 1234:  # type: ignore[attr-defined]
            raise ZeroDivisionError("poison")
        await upload(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(serve_module, "upload", break_down)
    async with replicator(world):
        poison = await world.upload(os.urandom(1234))
        good = [await world.upload(os.urandom(1000)) for _ in range(20)]
        for version in good:
            await world.until(version, every="READY")
        await world.until(poison, cape_town="WANTED", vladivostok="WANTED")
        row = await world.row(poison, CAPE_TOWN)
        assert row.failures >= 1
        assert row.last_error == "poison"
        await world.pool.execute(
            "UPDATE storage.replicas SET failures = 7 WHERE version_id = $1", poison.id
        )
        await world.until(poison, cape_town="FAILED", vladivostok="FAILED")
    letters = await world.pool.fetch("SELECT error FROM storage.dead_letters")
    assert [row["error"] for row in letters] == ["poison", "poison"]
    await world.check()


@pytest.mark.parametrize("column", ["secret_key_encrypted", "endpoint"])
@pytest.mark.parametrize("city", [CAPE_TOWN, NEW_YORK])
async def test_a_server_nobody_can_open(world: World, column: str, city: str) -> None:
    values = {"endpoint": "ftp://nowhere", "secret_key_encrypted": Vault([new_key()]).encrypt("")}
    server = world.servers[city]
    async with replicator(world):
        version = await world.upload(os.urandom(1000), tell=False)
        if city == NEW_YORK:
            # Somebody else has it too, farther away from Vladivostok.
            await world.put(CAPE_TOWN, version.key, world.path(city, version).read_bytes())
            await world.pool.execute(
                "UPDATE storage.replicas SET state = 'READY' WHERE server_id = $1",
                world.servers[CAPE_TOWN].id,
            )
        await world.pool.execute(
            f"UPDATE storage.servers SET {column} = $2 WHERE id = $1", server.id, values[column]
        )
        await world.relay()
        await world.until(version, vladivostok="READY")
        await world.delete(version)
        await world.until(version, vladivostok="GONE")
        await world.pool.execute(
            f"UPDATE storage.servers SET {column} = $2 WHERE id = $1",
            server.id,
            getattr(server, column),
        )
        await world.until_gone(version)
    await world.check()


async def test_a_server_nobody_can_open_fills_no_sweep(world: World) -> None:
    await world.pool.execute(
        "UPDATE storage.servers SET secret_key_encrypted = $1 WHERE id = $2",
        Vault([new_key()]).encrypt("x"),
        world.servers[CAPE_TOWN].id,
    )
    for _ in range(20):
        await world.upload(os.urandom(100), tell=False)
    await world.pool.execute(
        "UPDATE storage.replicas SET state = 'READY' WHERE server_id = $1",
        world.servers[VLADIVOSTOK].id,
    )
    await world.pool.execute(
        "UPDATE storage.replicas SET next_attempt_at = now() - interval '1 hour'"
        " WHERE state = 'WANTED'"
    )
    last = await world.upload(os.urandom(100), tell=False)
    await world.pool.execute(
        "UPDATE storage.replicas SET next_attempt_at = now() WHERE version_id = $1"
        " AND state = 'WANTED'",
        last.id,
    )
    async with replicator(world):
        await world.until(last, vladivostok="READY")
