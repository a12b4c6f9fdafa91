"""What somebody else has: every route with an id in it, with things that are there."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from services.storage.app import ROUTES
from shared.web.access import SIGNED_IN
from tests.storage.guests import Guest
from tests.storage.idor import MAKERS, NOT_THERE, PERSONAL, TABLE, ask, is_let_in, member, without
from tests.storage.sharing import share

if TYPE_CHECKING:
    from tests.storage.conftest import Storage

# Lists of what is one's own, or was given to one.
LISTS = ("/links", "/drops", "/grants", "/shared-with-me", "/files", "/folders", "/uploads")
# Which cities there are, how near they are, and many things at once, each by its own permission.
FOR_ALL = {"GET /servers", "GET /servers/{id}", "POST /route/measured", "POST /batch"}
OF_LINKS = [route for route in ROUTES if route.permission == "links.admin"]
BY_TOKEN = [route for route in ROUTES if "{token}" in route.path]


def test_the_table_is_whole() -> None:
    assert {route.path.split("/")[1] for route in TABLE} == set(PERSONAL)
    assert len(TABLE) > 35
    assert [route.path for route in TABLE if not isinstance(route.permission, str)] == []


@pytest.mark.parametrize("things", PERSONAL)
async def test_only_who_has_a_thing_and_the_permission_gets_at_it(
    storage: Storage, things: str
) -> None:
    owner = member(storage)
    wrong = []
    for route in TABLE:
        if route.path.split("/")[1] != things:
            continue
        thing_id = str((await MAKERS[things](owner))["id"])
        others = {
            "anonymous": (storage.person(), 401),
            "stranger": (member(storage), 404),
            "administrator": (member(storage, su=True), 404),
            "owner without the permission": (without(owner, str(route.permission)), 403),
        }
        for name, (person, status) in others.items():
            said = await ask(person, route, thing_id)
            if said != status:
                wrong.append(f"{name}: {route.method} {route.path}: {said}")
        if route.method == "PUT" or not route.path.endswith(NOT_THERE):
            said = await ask(owner, route, thing_id)
            if not is_let_in(said):
                wrong.append(f"owner: {route.method} {route.path}: {said}")
    assert not wrong, "\n".join(wrong)


async def test_token_without_a_scope_gets_at_nothing(storage: Storage) -> None:
    person, told = member(storage, scope=""), {}
    for route in ROUTES:
        if isinstance(route.permission, str) or route.permission is SIGNED_IN:
            name = f"{route.method} {route.path}"
            told[name] = await ask(person, route, str(uuid.uuid4()))
    assert {name for name, status in told.items() if status != 403} == FOR_ALL
    assert len(told) > 80


async def test_lists_hold_nothing_of_others(storage: Storage) -> None:
    owner, reader = member(storage), member(storage)
    for things in PERSONAL:
        await MAKERS[things](owner)
    folder = await MAKERS["folders"](owner)
    await share(owner, f"folders/{folder['id']}", reader)
    assert all([(await owner.call("GET", path))["items"] for path in LISTS if "with" not in path])
    people = {"stranger": member(storage), "administrator": member(storage, su=True)}
    for name, person in {**people, "reader": reader}.items():
        found = {path: (await person.call("GET", path))["items"] for path in LISTS}
        shared = [thing["id"] for thing in found.pop("/shared-with-me")]
        assert shared == ([folder["id"]] if name == "reader" else []), name
        assert not any(found.values()), f"{name}: {found}"


async def test_only_administrators_of_links_get_at_those_of_all(storage: Storage) -> None:
    owner = member(storage)
    await MAKERS["links"](owner)
    settings = {"public": True, "longest_lifetime_seconds": None, "password_required": False}
    bodies: dict[str, dict[str, Any]] = {
        "/admin/links/revoke": {"user_id": str(owner.id)},
        "/admin/link-settings": settings,
    }
    people = {
        "anonymous": (storage.person(), 401),
        "member": (owner, 403),
        "stranger": (member(storage), 403),
        "administrator": (member(storage, "links.admin"), 200),
        "superuser": (member(storage, su=True), 200),
    }
    assert len(OF_LINKS) == 4
    for route in OF_LINKS:
        query = f"?user_id={owner.id}" if route.path == "/admin/links" else ""
        for name, (person, status) in people.items():
            said = await ask(person, route, "", query=query, body=bodies.get(route.path))
            assert said == status, f"{name}: {route.method} {route.path}: {said}"


async def test_an_address_opens_what_it_is_of_and_nothing_else(storage: Storage) -> None:
    """Of a wrong token, and of the right one for what its owner has elsewhere, nothing is told."""
    owner, guest = member(storage), Guest(storage.client, storage.document)
    folder, elsewhere = await MAKERS["folders"](owner), await MAKERS["files"](owner)
    link = await owner.call("POST", f"/folders/{folder['id']}/links", 201, json={})
    drop = await owner.call("POST", "/drops", 201, json={"folder_id": folder["id"], "title": "x"})
    upload = await MAKERS["uploads"](owner)
    shown = {"X-Link-Pass": (await opened(guest, "s", link))["pass"]}
    assert len(BY_TOKEN) == 12
    for route in BY_TOKEN:
        kind = route.path.split("/")[1]
        made, thing_id = (link, elsewhere["id"]) if kind == "s" else (drop, upload["id"])
        path = route.path.replace("{id}", str(thing_id))
        tokens = ["x" * 43, (drop if kind == "s" else link)["url"][-43:]]
        if "{id}" in path:
            tokens.append(made["url"][-43:])
        for token in tokens:
            body = {"numbers": [1]} if path.endswith("/parts") else {"name": "a", "size": 1}
            options = {"json": body if path.endswith(("/parts", "/uploads")) else {}}
            said = await guest.status(
                route.method,
                path.replace("{token}", token),
                headers=shown,
                **(options if route.body else {}),
            )
            assert said == 404, f"{route.method} {route.path} by {token}: {said}"


async def opened(guest: Guest, kind: str, made: dict[str, str]) -> dict[str, str]:
    path = f"/{kind}/{made['url'][-43:]}/open"
    return dict(await guest.call("POST", path, json={}))
