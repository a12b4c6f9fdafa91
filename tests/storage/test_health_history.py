"""What states the servers were in, for how long, and how much of the time they answered."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from services.storage.servers.health_changes import MOST_KEPT, prune_changes
from services.storage.servers.uptime import DAY, MONTH, count_up
from shared.catalog.drains import set_draining
from tests.storage.newcomers import operator

if TYPE_CHECKING:
    from uuid import UUID

    from shared.catalog.servers import Server
    from shared.db import Pool
    from tests.storage.conftest import Person, Storage
    from tests.world.cities import City

__all__ = ["operator"]

HOUR = 3600
SET = """
UPDATE storage.servers SET is_on = $2, is_active = $3, is_draining = $4, health = $5 WHERE id = $1
RETURNING storage.state_of_server(is_on, is_active, is_draining, health)
"""
FORGET = "DELETE FROM storage.health_changes WHERE server_id = $1"
# $2 seconds ago; many of them behind each other for tests of how many are kept
WAS = """
INSERT INTO storage.health_changes (server_id, id, state, takes_writes, at)
SELECT $1, storage.new_id(moment), $3, $4, moment
FROM generate_series(0, $5 - 1) AS number, LATERAL (
    SELECT now() - make_interval(secs => $2::float8 - number) AS moment) AS moments
"""
STATES = "SELECT state FROM storage.health_changes WHERE server_id = $1 ORDER BY id"
COUNT = "SELECT count(*) FROM storage.health_changes WHERE server_id = $1"


async def health_of(person: Person, server: Server, query: str = "") -> dict[str, Any]:
    return await person.call("GET", f"/servers/{server.id}/health{query}")


async def was(
    pool: Pool,
    server_id: UUID,
    seconds_ago: float,
    state: str,
    *,
    takes_writes: bool = True,
    times: int = 1,
) -> None:
    await pool.execute(WAS, server_id, seconds_ago, state, takes_writes, times)


@pytest.fixture
async def calm(storage: Storage, owner_pool: Pool) -> UUID:
    """A server of which nothing is known yet; nobody asks it."""
    server_id = storage.servers["vladivostok"].id
    await owner_pool.execute("UPDATE storage.servers SET is_on = false WHERE id = $1", server_id)
    await owner_pool.execute(FORGET, server_id)
    return server_id


async def test_a_node_that_stops_and_comes_back_is_two_changes(
    storage: Storage, operator: Person, cities: dict[str, City]
) -> None:
    server = storage.servers["cape-town"]
    assert [one["state"] for one in (await health_of(operator, server))["items"]] == ["online"]
    await cities["cape-town"].kill()
    try:
        await storage.until("cape-town", state="offline")
    finally:
        await cities["cape-town"].start()
    await storage.until("cape-town", state="online")
    shown = await health_of(operator, server)
    back, away, before = shown["items"]
    assert [one["state"] for one in (back, away, before)] == ["online", "offline", "online"]
    assert back["until"] is None
    assert (before["until"], away["until"]) == (away["since"], back["since"])
    assert back["since"] > away["since"] > before["since"]
    for span in (shown["day"], shown["month"]):
        assert 0 < span["uptime"] < 1
        assert 0 < span["seconds"]["offline"] < 15
        assert span["slices"][-1] == "offline"
        assert set(span["slices"][:-2]) == {None}


async def test_what_operators_do_stands_there_page_by_page(
    storage: Storage, operator: Person, owner_pool: Pool
) -> None:
    server = storage.servers["new-york"]
    path = f"/servers/{server.id}"
    await operator.call("PATCH", path, json={"is_active": False})
    await operator.call("PATCH", path, json={"city": "Manhattan"})
    await operator.call("PATCH", path, json={"is_active": True, "is_on": False})
    await operator.call("PATCH", path, json={"is_on": True})
    # As the command line does it, by the replicator's role.
    await set_draining(owner_pool, server.id, is_draining=True)
    found: list[str] = []
    cursor = "?limit=2"
    while cursor:
        page = await health_of(operator, server, cursor)
        found += [one["state"] for one in page["items"]]
        cursor = f"?limit=2&cursor={page['next']}" if page["next"] else ""
    assert found == ["draining", "online", "off", "inactive", "online"]
    await storage.person().call("GET", f"{path}/health", 403)
    await operator.call("GET", f"/servers/{operator.id}/health", 404)


async def test_the_database_names_states_as_we_do(
    storage: Storage, owner_pool: Pool, calm: UUID
) -> None:
    server = storage.servers["vladivostok"]
    truths = (True, False)
    for is_on, is_active, is_draining in itertools.product(truths, truths, truths):
        for health in ("online", "slow", "offline"):
            said = await owner_pool.fetchval(SET, calm, is_on, is_active, is_draining, health)
            wanted = replace(
                server, is_on=is_on, is_active=is_active, is_draining=is_draining, health=health
            )
            assert said == wanted.state


async def test_the_share_is_of_the_time_that_it_was_on(owner_pool: Pool, calm: UUID) -> None:
    nothing = await count_up(owner_pool, calm, DAY)
    assert (nothing.uptime, nothing.seconds, set(nothing.slices)) == (None, {}, {None})
    await was(owner_pool, calm, 40 * 24 * HOUR, "online")
    await was(owner_pool, calm, 20 * HOUR, "off")
    await was(owner_pool, calm, 10 * HOUR, "slow")
    await was(owner_pool, calm, 9 * HOUR, "online", takes_writes=False)
    await was(owner_pool, calm, 6 * HOUR, "offline")
    await was(owner_pool, calm, 5 * HOUR, "inactive")
    day = await count_up(owner_pool, calm, DAY)
    hours = {state: round(seconds / HOUR, 2) for state, seconds in day.seconds.items()}
    assert hours == {"online": 4, "off": 10, "slow": 1, "full": 3, "offline": 1, "inactive": 5}
    assert day.uptime == pytest.approx(13 / 14, abs=1e-4)
    assert len(day.slices) == 96
    # What happened within a quarter of an hour is told by the worst of it.
    assert [day.slices[number] for number in (0, 17, 57, 62, 73, -1)] == [
        *("online", "off", "slow", "full", "offline", "inactive")
    ]
    assert {day.slices[number] for number in (71, 72)} == {"offline"}
    month = await count_up(owner_pool, calm, MONTH)
    assert month.uptime == pytest.approx(1 - 1 / 710, abs=1e-4)
    assert (len(month.slices), month.slices[-1]) == (120, "offline")


async def test_what_is_old_goes_but_for_the_state_the_first_day_began_with(
    owner_pool: Pool, calm: UUID
) -> None:
    for days, state in ((200, "online"), (95, "offline"), (91, "slow"), (60, "online")):
        await was(owner_pool, calm, days * 24 * HOUR, state)
    await prune_changes(owner_pool)
    assert [row["state"] for row in await owner_pool.fetch(STATES, calm)] == ["slow", "online"]
    await was(owner_pool, calm, 50 * 24 * HOUR, "slow", times=MOST_KEPT + 5)
    await prune_changes(owner_pool)
    assert await owner_pool.fetchval(COUNT, calm) == MOST_KEPT
