"""How the servers are doing: asked by one process, told by all, felt by uploads at once."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from services.storage.servers import watch
from services.storage.servers.canary import CANARY_KEY, CROWD
from services.storage.servers.watch import PROBE_KEY
from shared.catalog.refused_writes import report_own_copy
from tests.storage.conftest import Person, put
from tests.storage.processes import other
from tests.world.calm import calm_clock, calm_timeout
from tests.world.places import BOSTON
from tests.world.wire import Wire, wire_to

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.storage.conftest import Storage
    from tests.world.cities import City

__all__ = ["other"]

MOVE = "UPDATE storage.servers SET endpoint = $1, public_endpoint = $1 WHERE name = $2"
FULL = (507, b"<Error><Code>XMinioStorageFull</Code></Error>")
REFUSED = "SELECT count(*) FROM storage.refused_writes"
CHANGES = "SELECT event ->> 'state' FROM storage.outbox WHERE event ->> 'type' = 'SERVER.CHANGED'"


@asynccontextmanager
async def line_to(storage: Storage, owner_pool: Any, server: str) -> AsyncIterator[Wire]:
    """A line between everybody and the node of a city."""
    endpoint = storage.servers[server].endpoint
    async with wire_to(endpoint) as wire:
        await owner_pool.execute(MOVE, wire.url(endpoint), server)
        # Until everybody goes by it.
        await storage.until(server, endpoint=wire.url(endpoint))
        async with asyncio.timeout(10):
            while wire.count("HEAD", PROBE_KEY) < 2:
                await asyncio.sleep(0.05)
        yield wire


async def start_from_boston(storage: Storage, person: Person, **more: Any) -> dict[str, Any]:
    body = {"name": str(uuid.uuid4()), "size": 5, **more}
    return await person.call("POST", "/uploads", 201, json=body)


async def test_every_process_says_the_same_as_soon_as_it_is_told(
    storage: Storage, other: Storage, cities: dict[str, City], owner_pool: Any
) -> None:
    people = (storage.person(), other.person())
    await cities["cape-town"].kill()
    try:
        async with asyncio.timeout(10):
            while not await owner_pool.fetchval(CHANGES):
                await asyncio.sleep(0.01)
        for person in people * 6:
            servers = (await person.call("GET", "/servers"))["items"]
            states = {server["name"]: server["state"] for server in servers}
            assert states["cape-town"] == "offline"
    finally:
        await cities["cape-town"].start()
    await storage.until("cape-town", state="online")
    told = [row[0] for row in await owner_pool.fetch(CHANGES)]
    assert told == ["offline", "online"]


async def test_one_process_asks_for_all(storage: Storage, other: Storage, owner_pool: Any) -> None:
    async with line_to(storage, owner_pool, "new-york") as wire:
        before = wire.count("HEAD", PROBE_KEY)
        with calm_clock() as passed:
            while passed() < 3:
                await asyncio.sleep(0.05)
        assert 2 <= wire.count("HEAD", PROBE_KEY) - before <= 7
    assert await owner_pool.fetchval("SELECT count(*) FROM storage.jobs WHERE lock < 5") == 1


async def test_a_slow_server_is_not_gone_and_the_quick_ones_come_first(
    storage: Storage, owner_pool: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "SLOW_SECONDS", 1.0)
    person = storage.person(BOSTON)
    async with line_to(storage, owner_pool, "new-york") as wire:
        assert (await start_from_boston(storage, person))["server"]["name"] == "new-york"
        wire.delay_seconds = 1.5
        await storage.until("new-york", state="slow")
        assert (await start_from_boston(storage, person))["server"]["name"] != "new-york"
        explained = (await person.call("GET", "/route"))["items"]
        reasons = {item["server"]["name"]: item["reason"] for item in explained}
        assert reasons["new-york"].startswith("answers slowly")
        wire.heal()
        await storage.until("new-york", state="online")
        assert (await start_from_boston(storage, person))["server"]["name"] == "new-york"


async def test_a_full_disk_is_found_by_a_small_write(storage: Storage, owner_pool: Any) -> None:
    person = storage.person(BOSTON)
    async with line_to(storage, owner_pool, "new-york") as wire:
        started = await start_from_boston(storage, person)
        wire.answers["PUT"] = FULL
        # The first who is refused says so; from then on nobody is sent there.
        assert await put(started, b"hello") == 507
        again = await start_from_boston(storage, person, avoid=["new-york"])
        assert again["server"]["name"] != "new-york"
        assert await put(again, b"hello") == 200
        await storage.until("new-york", takes_writes=False, state="online")
        for _ in range(3):
            assert (await start_from_boston(storage, person))["server"]["name"] != "new-york"
        explained = (await person.call("GET", "/route"))["items"]
        assert [item["is_healthy"] for item in explained if item["rank"] == 3] == [False]
        wire.heal()
        await storage.until("new-york", takes_writes=True)
        assert (await start_from_boston(storage, person))["server"]["name"] == "new-york"


async def test_a_complaint_is_looked_into_and_not_believed(
    storage: Storage, owner_pool: Any
) -> None:
    """One person's word moves no other, also when it is said again and again."""
    person = storage.person(BOSTON)
    async with line_to(storage, owner_pool, "new-york") as wire:
        await start_from_boston(storage, person)
        before = wire.count("PUT", CANARY_KEY)
        await start_from_boston(storage, person, avoid=["new-york"])
        async with calm_timeout(3):
            while wire.count("PUT", CANARY_KEY) == before:
                await asyncio.sleep(0.05)
        assert (await storage.state_of("new-york"))["takes_writes"]
        other = storage.person(BOSTON)
        assert (await start_from_boston(storage, other))["server"]["name"] == "new-york"


async def test_many_people_are_believed_when_only_large_files_are_refused(
    storage: Storage,
) -> None:
    for _ in range(CROWD):
        person = storage.person(BOSTON)
        started = await start_from_boston(storage, person)
        # The server had no room; the client asks all the same whether it arrived.
        problem = await person.call("POST", f"/uploads/{started['id']}/complete", 409, json={})
        assert problem["code"] == "UPLOAD_INCOMPLETE"
    await storage.until("new-york", takes_writes=False)
    started = await start_from_boston(storage, storage.person(BOSTON))
    assert started["server"]["name"] != "new-york"


async def test_who_was_not_sent_there_cannot_complain(storage: Storage, owner_pool: Any) -> None:
    person = storage.person(BOSTON)
    await start_from_boston(storage, person, avoid=["vladivostok", "cape-town", "nowhere"])
    assert await owner_pool.fetchval(REFUSED) == 0
    await start_from_boston(storage, person, avoid=["new-york"])
    assert await owner_pool.fetchval(REFUSED) == 1


async def test_a_copy_that_is_refused_is_looked_into_too(storage: Storage, owner_pool: Any) -> None:
    async with line_to(storage, owner_pool, "cape-town") as wire:
        wire.answers["PUT"] = FULL
        await report_own_copy(owner_pool, storage.servers["cape-town"].id, 1000)
        await storage.until("cape-town", takes_writes=False)
        wire.heal()
        await storage.until("cape-town", takes_writes=True)
