"""The sweep over uploads: no city holds up another, and nothing is forgotten too early."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING, Any

from services.storage.relay.run import run_background
from services.storage.relay.sweep_uploads import SLOTS, Sweep
from services.storage.servers import fleet
from shared import tasks
from shared.catalog.servers import list_servers
from tests.storage.parts import Parts, open_parts
from tests.world.calm import PATIENCE_SECONDS, calm_timeout
from tests.world.places import BOSTON, JOBURG
from tests.world.wire import wire_to

if TYPE_CHECKING:
    import pytest

    from tests.storage.conftest import Storage

GRACE_SECONDS = tasks.GRACE_SECONDS
MOVE = "UPDATE storage.servers SET endpoint = $1 WHERE name = 'new-york'"
MAKE_DUE = "UPDATE storage.versions SET next_check_at = now() - interval '1 minute'"
STILL_DUE = "SELECT count(*) FROM storage.versions WHERE next_check_at <= now()"


async def start_many(storage: Storage, count: int) -> None:
    person = storage.person(BOSTON)
    for number in range(count):
        await person.call("POST", "/uploads", 201, json={"name": f"{number}", "size": 3})


async def until_stored(parts: Parts, started: dict[str, Any]) -> None:
    async with calm_timeout(8):
        while (await parts.upload_of(started)).state != "STORED":
            await asyncio.sleep(0.05)


async def test_a_city_that_hangs_holds_up_no_other(
    storage: Storage, parts: Parts, owner_pool: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "GRACE_SECONDS", GRACE_SECONDS)
    node = storage.servers["new-york"]
    await start_many(storage, SLOTS + 8)
    await owner_pool.execute(MAKE_DUE)
    good = await storage.person(JOBURG).upload("good", b"abc", complete=False)
    async with wire_to(node.endpoint) as proxy:
        await owner_pool.execute(MOVE, proxy.url(node.endpoint))
        await parts.fleet.refresh()
        proxy.hold()
        stop = asyncio.Event()
        running = asyncio.create_task(Sweep(parts.pool, parts.fleet, parts.doorbell, 0.2).run(stop))
        await until_stored(parts, good)
        assert await owner_pool.fetchval(STILL_DUE) >= SLOTS / 2
        stop.set()
        await asyncio.wait_for(running, PATIENCE_SECONDS)


async def test_uploads_to_a_city_that_is_down_stay_due(
    storage: Storage, parts: Parts, owner_pool: Any
) -> None:
    node = storage.servers["new-york"]
    await start_many(storage, 2)
    good = await storage.person(JOBURG).upload("good", b"abc", complete=False)
    await owner_pool.execute(MAKE_DUE)
    async with wire_to(node.endpoint) as proxy:
        proxy.refuse()
        await owner_pool.execute(MOVE, proxy.url(node.endpoint))
        await storage.until("new-york", state="offline")
        await parts.fleet.refresh()
    sweep = Sweep(parts.pool, parts.fleet, parts.doorbell, 0.2)
    while await sweep.sweep():
        await sweep.finish()
    assert (await parts.upload_of(good)).state == "STORED"
    assert await owner_pool.fetchval(STILL_DUE) == 2


async def test_a_sweep_that_knows_no_server_forgets_nothing(
    storage: Storage, owner_pool: Any
) -> None:
    person = storage.person(BOSTON)
    started = await person.upload("a", b"abc", complete=False)
    await person.call("DELETE", f"/uploads/{started['id']}", 204)
    async with open_parts(storage) as parts:
        sweep = Sweep(parts.pool, parts.fleet, parts.doorbell, 0.2)
        await sweep.sweep()
        await sweep.finish()
        assert (await parts.upload_of(started)).upload_key is not None
        await owner_pool.execute(MAKE_DUE)
        await parts.fleet.refresh()
        await sweep.sweep()
        await sweep.finish()
    assert await storage.keys("new-york") == []


async def test_a_relay_whose_first_look_at_the_servers_fails_erases_what_is_left(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And it ends when it is told to."""
    person = storage.person(BOSTON)
    for number in range(3):
        started = await person.upload(f"{number}", b"abc", complete=False)
        await person.call("DELETE", f"/uploads/{started['id']}", 204)
    failures = [TimeoutError()]

    async def list_later(pool: Any) -> Any:
        if failures:
            raise failures.pop()
        return await list_servers(pool)

    monkeypatch.setattr(fleet, "list_servers", list_later)
    relay = asyncio.create_task(run_background(storage.shared, storage.settings))
    async with asyncio.timeout(10):
        while await storage.keys("new-york"):
            await asyncio.sleep(0.1)
        os.kill(os.getpid(), signal.SIGTERM)
        await relay
