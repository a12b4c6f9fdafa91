"""Sweeps and quarantine, as administrators ask for and decide about them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from shared.catalog.jobs import add_jobs
from tests.storage.conftest import EVERYTHING, Person, Storage, make_token
from tests.world.places import BOSTON

if TYPE_CHECKING:
    from shared.db import Pool

ADD_SWEEP = """
INSERT INTO storage.sweeps (server_id, kind, seen, missing, finished_at, stopped_because)
VALUES ($1, $2, $3, $4, now(), $5)
"""
ADD_UNKNOWN = """
INSERT INTO storage.unknown_objects (server_id, key, size, state) VALUES ($1, $2, 3, $3)
RETURNING id
"""
IS_ASKED = "SELECT due_at <= now() AND asked_at <= now() FROM storage.jobs WHERE name = $1"
STATE = "SELECT state FROM storage.unknown_objects WHERE id = $1"


@pytest.fixture
def operator(storage: Storage) -> Person:
    person = storage.person(BOSTON)
    scope = f"{EVERYTHING} replication.view replication.change"
    person.token = make_token(person.id, person.session_id, scope=scope)
    return person


async def test_the_last_sweep_of_each_kind_is_shown(
    storage: Storage, operator: Person, owner_pool: Pool
) -> None:
    server = storage.servers["cape-town"].id
    for kind, seen, missing, because in (
        ("inventory", 5, 0, None),
        ("inventory", 7, 2, "cape-town: 500"),
        ("scrub", 1, 0, None),
    ):
        await owner_pool.execute(ADD_SWEEP, server, kind, seen, missing, because)
    items = (await operator.call("GET", "/admin/consistency"))["items"]
    shown = {
        item["kind"]: (item["seen"], item["missing"], item["stopped_because"]) for item in items
    }
    assert shown == {"inventory": (7, 2, "cape-town: 500"), "scrub": (1, 0, None)}
    assert {item["server"]["name"] for item in items} == {"cape-town"}


@pytest.mark.parametrize("kind", ["inventory", "scrub", "orphans"])
async def test_a_sweep_can_be_asked_for(operator: Person, owner_pool: Pool, kind: str) -> None:
    await operator.call("POST", f"/admin/sweeps/{kind}", 404)
    await add_jobs(owner_pool, [(f"sweep.{kind}", 86_400, 30, 600)])
    assert (await operator.call("POST", f"/admin/sweeps/{kind}", 202))["kind"] == kind
    assert await owner_pool.fetchval(IS_ASKED, f"sweep.{kind}")
    await operator.call("POST", "/admin/sweeps/dust", 404)


async def test_what_no_row_wants_is_listed_and_can_be_kept(
    storage: Storage, operator: Person, owner_pool: Pool
) -> None:
    server = storage.servers["cape-town"].id
    ids = {
        state: await owner_pool.fetchval(ADD_UNKNOWN, server, f"object-{state}", state)
        for state in ("seen", "quarantined", "erasing", "restored")
    }
    first = await operator.call("GET", "/admin/quarantine?limit=2")
    rest = await operator.call("GET", f"/admin/quarantine?limit=2&cursor={first['next']}")
    listed = [item["state"] for item in (*first["items"], *rest["items"])]
    assert listed == ["erasing", "quarantined", "seen"]
    assert first["items"][0]["key"] == "object-erasing"
    for state, status in (("quarantined", 204), ("seen", 204), ("erasing", 404), ("restored", 404)):
        await operator.call("POST", f"/admin/quarantine/{ids[state]}/restore", status)
    await operator.call("POST", f"/admin/quarantine/{uuid.uuid4()}/restore", 404)
    assert await owner_pool.fetchval(STATE, ids["quarantined"]) == "restored"
    actions = (await operator.call("GET", "/actions"))["items"]
    kept = [action["data"]["restored"] for action in actions]
    assert kept == ["object-seen", "object-quarantined"]


async def test_only_operators_sweep(storage: Storage) -> None:
    person = storage.person(BOSTON)
    await person.call("GET", "/admin/consistency", 403)
    await person.call("POST", "/admin/sweeps/scrub", 403)
    await person.call("GET", "/admin/quarantine", 403)
    await person.call("POST", f"/admin/quarantine/{uuid.uuid4()}/restore", 403)
