"""Cities that leave: never with the last copy that can be read, nor the last place for uploads."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from services.storage.cities.drain_reports import look_at_drains
from shared.catalog.drains import list_running
from tests.storage.newcomers import holder, operator
from tests.storage.racing import do_before
from tests.world.calm import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from shared.catalog.servers import Server
    from shared.db import Pool
    from tests.storage.conftest import Person, Storage

__all__ = ["operator"]

COPY_TO = """
UPDATE storage.replicas SET state = 'READY', verified_at = now() WHERE server_id = $1
"""
# How many wait for a lock that somebody else holds.
WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND datname = current_database()
"""


class Meanwhile:
    """Something begun in the middle of something else, which goes on once that ended or waits."""

    def __init__(self, db: Pool, begin: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        self._db = db
        self._begin = begin
        self._tasks: list[asyncio.Task[Any]] = []

    async def begin(self) -> None:
        """Begin it, the first time only."""
        if self._tasks:
            return
        task = asyncio.create_task(self._begin())
        self._tasks.append(task)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (task.done() or await self._db.fetchval(WAITING)):
                await asyncio.sleep(0.02)

    async def end(self) -> Any:
        """How it ended."""
        (task,) = self._tasks
        return await task


async def test_two_cities_removed_at_once_do_not_both_go(
    operator: Person, storage: Storage, owner_pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each would count on the copy that goes with the other."""
    file = await operator.upload("a", b"abc")
    first = storage.servers[holder(file)]
    second = next(server for server in storage.servers.values() if server.id != first.id)
    await owner_pool.execute(COPY_TO, second.id)
    other = Meanwhile(owner_pool, lambda: operator.call("DELETE", f"/servers/{second.id}", 409))
    do_before(monkeypatch, "services.storage.cities.remove.tell_of_loss", other.begin)
    await operator.call("DELETE", f"/servers/{first.id}")
    refused = await other.end()
    assert (refused["code"], refused["counts"]["versions"]) == ("SOLE_COPIES", 1)


@pytest.mark.parametrize("leaves", ["drained", "removed"])
async def test_the_last_two_cities_are_not_drained_at_once(
    operator: Person,
    storage: Storage,
    owner_pool: Pool,
    monkeypatch: pytest.MonkeyPatch,
    leaves: str,
) -> None:
    """Else nothing would take uploads; nor is one drained while the other is removed."""
    first, second, third = storage.servers.values()
    await operator.call("PATCH", f"/servers/{third.id}", json={"is_active": False})
    path = f"/servers/{second.id}/drain"
    other = Meanwhile(owner_pool, lambda: operator.call("POST", path, 409))
    if leaves == "drained":
        do_before(monkeypatch, "services.storage.cities.drain._note", other.begin)
        await operator.call("POST", f"/servers/{first.id}/drain")
    else:
        do_before(monkeypatch, "services.storage.cities.remove.tell_of_loss", other.begin)
        await operator.call("DELETE", f"/servers/{first.id}")
    assert (await other.end())["code"] == "LAST_SERVER"


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_no_drain_of_a_city_begins_or_ends_when_it_is_gone(
    operator: Person,
    storage: Storage,
    owner_pool: Pool,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
) -> None:
    """Nobody would ever end it, and all files would be counted for it again and again."""
    path = f"/servers/{next(iter(storage.servers.values())).id}"
    await operator.call("POST", f"{path}/drain")
    if method == "POST":
        await operator.call("DELETE", f"{path}/drain", 204)
    verb = "begin_drain" if method == "POST" else "end_drain"
    drains = do_before(
        monkeypatch,
        f"services.storage.cities.drain.{verb}",
        lambda: operator.call("DELETE", path),
    )
    gone = await operator.call(method, f"{path}/drain", 404)
    assert (gone["code"], drains) == ("SERVER_NOT_FOUND", [verb])
    assert await list_running(owner_pool) == []


async def only_copy(operator: Person, storage: Storage, db: Pool) -> tuple[Server, Server]:
    """The two cities that have a file, the first of which is drained."""
    file = await operator.upload("a", b"abc")
    here = storage.servers[holder(file)]
    there, away = (server for server in storage.servers.values() if server.id != here.id)
    await operator.call("PATCH", f"/servers/{away.id}", json={"is_active": False})
    await db.execute(COPY_TO, there.id)
    await operator.call("POST", f"/servers/{here.id}/drain")
    return here, there


async def look(operator: Person, db: Pool, server: Server) -> str:
    """The state of the drain of a server, after it was looked at."""
    await look_at_drains(db, "key")
    return str((await operator.call("GET", f"/servers/{server.id}/progress"))["state"])


@pytest.mark.parametrize(
    "trouble",
    [
        "UPDATE storage.replicas SET verified_at = NULL WHERE server_id = $1",
        "UPDATE storage.servers SET is_on = false WHERE id = $1",
        "UPDATE storage.servers SET health = 'offline' WHERE id = $1",
    ],
    ids=["not read", "off", "offline"],
)
async def test_nothing_is_left_to_a_copy_that_cannot_be_read(
    operator: Person, storage: Storage, owner_pool: Pool, trouble: str
) -> None:
    """As after a scrub that could not read it, or where the city does not answer."""
    here, there = await only_copy(operator, storage, owner_pool)
    await owner_pool.execute(trouble, there.id)
    assert await look(operator, owner_pool, here) == "running"
    refused = await operator.call("DELETE", f"/servers/{here.id}", 409)
    assert (refused["code"], refused["counts"]["versions"]) == ("SOLE_COPIES", 1)
    mended = "UPDATE storage.servers SET is_on = true, health = 'online' WHERE id = $1"
    await owner_pool.execute(mended, there.id)
    await owner_pool.execute(COPY_TO, there.id)
    assert await look(operator, owner_pool, here) == "done"
    await operator.call("DELETE", f"/servers/{here.id}")


async def test_of_two_copies_that_nobody_read_none_goes_unnoticed(
    operator: Person, storage: Storage, owner_pool: Pool
) -> None:
    """A copy that was not read is none; one that was is enough."""
    here, there = await only_copy(operator, storage, owner_pool)
    await owner_pool.execute("UPDATE storage.replicas SET verified_at = NULL")
    for server in (here, there):
        await operator.call("DELETE", f"/servers/{server.id}", 409)
    await owner_pool.execute(COPY_TO, here.id)
    await operator.call("DELETE", f"/servers/{here.id}", 409)
    await operator.call("DELETE", f"/servers/{there.id}")
