"""Why is it not in Cape Town yet? Each answer, as the rows and the operator make it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from services.storage.keys import FLEET
from tests.storage.conftest import EVERYTHING, Person, Storage, make_token
from tests.world.places import BOSTON

if TYPE_CHECKING:
    from shared.db import Pool

HERE = "server_id = (SELECT id FROM storage.servers WHERE name = 'cape-town')"
SET = f"UPDATE storage.replicas SET {{}} WHERE {HERE}"
CITY = "UPDATE storage.servers SET {} WHERE name = 'cape-town'"
LATER = "next_attempt_at = now() + interval '5 minutes'"
CASES = {
    "queued": (),
    "copying": (SET.format("state = 'COPYING'"),),
    "failing": (SET.format(f"last_error = 'PUT: 500', attempt = 3, {LATER}"),),
    "checking": (SET.format("state = 'SUSPECT'"),),
    "erasing": (SET.format("state = 'ERASING'"),),
    "catching_up": (SET.format("is_bulk = true"),),
    "policy_excludes": (SET.format("is_surplus = true"),),
    "city_off": (CITY.format("is_on = false"),),
    "city_away": (CITY.format("health = 'offline'"),),
    "city_inactive": (CITY.format("is_active = false"),),
    "city_draining": (CITY.format("is_draining = true"),),
}


async def look(storage: Storage, person: Person, file: dict[str, Any]) -> dict[str, Any]:
    """What is said of Cape Town: the copy, or that there is none."""
    await storage.client.app[FLEET].refresh()
    said = await person.call("GET", f"/files/{file['id']}/replicas")
    everything = [*said["items"], *said["absent"]]
    found: dict[str, Any] = next(one for one in everything if one["server"]["name"] == "cape-town")
    return found


@pytest.mark.parametrize("reason", CASES)
async def test_each_reason(storage: Storage, owner_pool: Pool, reason: str) -> None:
    person = storage.person(BOSTON)
    file = await person.upload("a", b"abc")
    for statement in CASES[reason]:
        await owner_pool.execute(statement)
    copy = await look(storage, person, file)
    assert copy["reason"] == reason
    assert (copy["next_attempt_at"] is not None) is (reason == "failing")
    assert (copy["ahead"] is not None) is (reason in {"queued", "catching_up"})


async def test_a_copy_that_is_there_needs_no_reason(storage: Storage, owner_pool: Pool) -> None:
    person = storage.person(BOSTON)
    file = await person.upload("a", b"abc")
    await owner_pool.execute(SET.format("state = 'READY', verified_at = now()"))
    assert (await look(storage, person, file))["reason"] is None


async def test_the_place_in_the_queue(storage: Storage, owner_pool: Pool) -> None:
    person = storage.person(BOSTON)
    files = [await person.upload(name, b"abc") for name in "abc"]
    await owner_pool.execute(
        f"""UPDATE storage.replicas SET next_attempt_at = now() + number * interval '1 s',
                is_bulk = number = 1
            FROM (SELECT version_id, row_number() OVER (ORDER BY version_id) AS number
                FROM storage.replicas WHERE {HERE}) AS numbered
            WHERE {HERE} AND replicas.version_id = numbered.version_id"""
    )
    # What may wait goes behind all that is fresh.
    places = [(await look(storage, person, file))["ahead"] for file in files]
    assert places == [2, 0, 1]


async def test_a_city_that_the_policy_leaves_out_and_one_that_is_new(
    storage: Storage, owner_pool: Pool
) -> None:
    person = storage.person(BOSTON)
    person.token = make_token(
        person.id, person.session_id, scope=f"{EVERYTHING} policy.view policy.change"
    )
    file = await person.upload("a", b"abc")
    await owner_pool.execute(f"DELETE FROM storage.replicas WHERE {HERE}")
    copy = await look(storage, person, file)
    assert (copy["reason"], "state" in copy) == ("catching_up", False)
    zone = copy["server"]["zone"]
    policy = {"copies": "all", "zones": {"require": [], "forbid": [zone]}}
    await person.call("PUT", f"/files/{file['id']}/policy", json=policy)
    assert (await look(storage, person, file))["reason"] == "policy_excludes"


async def test_before_it_has_arrived(storage: Storage) -> None:
    person = storage.person(BOSTON)
    started = await person.upload("a", b"abc", complete=False)
    assert (await look(storage, person, started["file"]))["reason"] == "arriving"
