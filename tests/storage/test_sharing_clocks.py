"""The service's clock is off: ends of links, requests and passes go by the database's alone."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.storage.conftest import Person, Storage, make_token
from tests.storage.foldering import make
from tests.storage.guests import Guest
from tests.storage.sharing import RIGHTS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from shared.db import Pool
    from tests.conftest import Database

    SetClock = Callable[[int], Awaitable[None]]

HOUR = 3600
DAY = 24 * HOUR
# Statements find this `now` before PostgreSQL's own.
APART = """
CREATE SCHEMA apart;
GRANT USAGE ON SCHEMA apart TO PUBLIC;
DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET search_path = apart, pg_catalog', current_database());
END $$
"""
SET_CLOCK = """
CREATE OR REPLACE FUNCTION apart.now() RETURNS timestamptz STABLE LANGUAGE sql
    AS 'SELECT pg_catalog.now() + interval ''{seconds} s''';
ALTER TABLE storage.links ALTER created_at SET DEFAULT apart.now();
ALTER TABLE storage.drops ALTER created_at SET DEFAULT apart.now()
"""
FAR_APART = pytest.mark.parametrize("seconds", [-DAY, DAY])
THINGS = ("links", "drops")


@pytest.fixture
async def set_clock(database: Database, owner_pool: Pool) -> SetClock:
    """Set the clock of the database so many seconds before that of the service."""
    await owner_pool.execute(APART)
    await owner_pool.expire_connections()

    async def set_to(seconds: int) -> None:
        await owner_pool.execute(SET_CLOCK.format(seconds=seconds))

    await set_to(0)
    return set_to


@pytest.fixture
def owner(set_clock: SetClock, storage: Storage) -> Person:
    person = storage.person()
    scope = f"{RIGHTS} drops.create links.admin"
    person.token = make_token(person.id, person.session_id, scope=scope)
    return person


@pytest.fixture
def guest(storage: Storage) -> Guest:
    return Guest(storage.client, storage.document)


async def made(owner: Person, things: str, status: int = 201, **terms: Any) -> dict[str, Any]:
    """Make a link or a request, to a folder of its own."""
    folder_id = await make(owner, uuid.uuid4().hex)
    path, body = f"/folders/{folder_id}/links", terms
    if things == "drops":
        path, body = "/drops", {"folder_id": folder_id, "title": "photos", **terms}
    return await owner.call("POST", path, status, json=body)


def page_of(made: dict[str, Any]) -> str:
    """The path of the public calls of a link or a request."""
    kind, token = made["url"].split("/")[-2:]
    return f"/{kind}/{token}"


async def now_of(owner_pool: Pool) -> datetime:
    """What the database's clock says."""
    now: datetime = await owner_pool.fetchval("SELECT now()")
    return now


@FAR_APART
async def test_a_lifetime_is_as_long_as_was_said(
    owner: Person, guest: Guest, set_clock: SetClock, owner_pool: Pool, seconds: int
) -> None:
    await set_clock(seconds)
    before = await now_of(owner_pool)
    new = [await made(owner, things, lifetime_seconds=HOUR) for things in THINGS]
    for one in new:
        left = datetime.fromisoformat(one["expires_at"]) - before
        assert timedelta(seconds=HOUR) <= left < timedelta(seconds=HOUR + 60)
        await guest.call("GET", page_of(one))
    await set_clock(seconds + HOUR + 60)
    for one in new:
        await guest.call("GET", page_of(one), 410)


@FAR_APART
@pytest.mark.parametrize("things", THINGS)
async def test_what_is_to_come_and_what_has_passed(
    owner: Person, guest: Guest, set_clock: SetClock, owner_pool: Pool, things: str, seconds: int
) -> None:
    await set_clock(seconds)
    now = await now_of(owner_pool)
    passed, soon = [(now + timedelta(seconds=by)).isoformat() for by in (-60, HOUR)]
    refused = await made(owner, things, 422, expires_at=passed)
    assert refused["errors"] == {"expires_at": ["This moment has passed."]}
    new = await made(owner, things, expires_at=soon, password="tea at four")
    await guest.call("GET", page_of(new))
    await owner.call("PATCH", f"/{things}/{new['id']}", 422, json={"expires_at": passed})


@FAR_APART
async def test_the_longest_lifetime_is_neither_longer_nor_shorter(
    owner: Person, set_clock: SetClock, seconds: int
) -> None:
    await set_clock(seconds)
    rules = {"public": True, "longest_lifetime_seconds": HOUR, "password_required": False}
    await owner.call("PUT", "/admin/link-settings", json=rules)
    for things in THINGS:
        path = f"/{things}/{(await made(owner, things, lifetime_seconds=HOUR))['id']}"
        await owner.call("PATCH", path, json={"lifetime_seconds": HOUR // 2})
        await owner.call("PATCH", path, 422, json={"lifetime_seconds": HOUR + 60})


async def test_a_pass_ends_by_the_same_clock(
    owner: Person, guest: Guest, set_clock: SetClock
) -> None:
    new = await made(owner, "links", password="tea at four")
    page = page_of(new)
    opened = await guest.call("POST", f"{page}/open", json={"password": "tea at four"})
    shown = {"X-Link-Pass": opened["pass"]}
    await set_clock(540)
    await guest.call("GET", f"{page}/files", headers=shown)
    await set_clock(660)
    await guest.call("GET", f"{page}/files", 401, headers=shown)


async def test_who_sends_is_let_in_by_the_same_clock(
    owner: Person, guest: Guest, set_clock: SetClock
) -> None:
    new = await made(owner, "drops", password="tea at four")
    page = page_of(new)
    opened = await guest.call("POST", f"{page}/open", json={"password": "tea at four"})
    shown = {"X-Link-Pass": opened["pass"]}
    body = {"name": "one.txt", "size": 3}
    await guest.call("POST", f"{page}/uploads", 201, headers=shown, json=body)
    await set_clock(13 * HOUR)
    await guest.call("POST", f"{page}/uploads", 401, headers=shown, json=body)
