"""The longest lifetime of links and file requests: it counts from when they were made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.storage.conftest import Person, Storage, make_token
from tests.storage.foldering import make
from tests.storage.sharing import RIGHTS

if TYPE_CHECKING:
    from shared.db import Pool

HOUR = 3600
AGED = "UPDATE storage.{things} SET created_at = now() - interval '50 min'"


@pytest.fixture
def owner(storage: Storage) -> Person:
    person = storage.person()
    scope = f"{RIGHTS} drops.create links.admin"
    person.token = make_token(person.id, person.session_id, scope=scope)
    return person


async def made(owner: Person, things: str, folder_id: str, **terms: Any) -> str:
    """Make a link or a request; the path to it."""
    path, body = f"/folders/{folder_id}/links", terms
    if things == "drops":
        path, body = "/drops", {"folder_id": folder_id, "title": "photos", **terms}
    return f"/{things}/{(await owner.call('POST', path, 201, json=body))['id']}"


async def allow(owner: Person, longest: int) -> None:
    body = {"public": True, "longest_lifetime_seconds": longest, "password_required": False}
    await owner.call("PUT", "/admin/link-settings", json=body)


async def refuse(owner: Person, path: str, **terms: Any) -> None:
    refused = await owner.call("PATCH", path, 422, json=terms)
    assert (set(refused["errors"]), refused["limit"]) == ({"expires_at"}, HOUR)


@pytest.mark.parametrize("things", ["links", "drops"])
async def test_no_change_makes_it_live_longer(owner: Person, owner_pool: Pool, things: str) -> None:
    folder_id = await make(owner, "may")
    await allow(owner, HOUR)
    path = await made(owner, things, folder_id, lifetime_seconds=HOUR)
    await owner.call("PATCH", path, json={"lifetime_seconds": 300})
    await owner_pool.execute(AGED.format(things=things))
    for seconds in (900, HOUR):
        await refuse(owner, path, lifetime_seconds=seconds)
    await refuse(owner, path, expires_at=None)
    await owner.call("PATCH", path, json={"lifetime_seconds": 500})


@pytest.mark.parametrize("things", ["links", "drops"])
async def test_what_is_older_than_the_rule_can_still_be_changed_and_end_sooner(
    owner: Person, owner_pool: Pool, things: str
) -> None:
    folder_id = await make(owner, "may")
    path = await made(owner, things, folder_id)
    await owner_pool.execute(AGED.format(things=things))
    await allow(owner, HOUR)
    await owner.call("PATCH", path, json={"password": "tea at four"})
    await owner.call("PATCH", path, json={"lifetime_seconds": 2 * HOUR})
    await owner.call("PATCH", path, json={"password": None})
    await refuse(owner, path, lifetime_seconds=2 * HOUR + 60)
    await refuse(owner, path, expires_at=None)
