"""Who may do what with a shared thing: every route of files, folders and uploads for everybody."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from services.storage.app import ROUTES
from tests.storage.conftest import Person, Storage, make_token
from tests.storage.foldering import make
from tests.storage.sharing import RIGHTS, share, somebody

if TYPE_CHECKING:
    from shared.web.route import Route

NAMES = itertools.count()
READ, WRITE, OWN = "read", "write", "owner"
RANKS = (READ, WRITE, OWN)
# What somebody has to have who calls a route; `files` and `folders` alike.
NEEDS = {
    "GET /{id}": READ,
    "PATCH /{id}": WRITE,
    "DELETE /{id}": OWN,
    "GET /{id}/replicas": READ,
    "GET /{id}/versions": READ,
    "POST /{id}/versions/{number}/restore": WRITE,
    "DELETE /{id}/versions/{number}": OWN,
    "POST /{id}/trash": WRITE,
    "POST /{id}/restore": WRITE,
    "GET /{id}/download": READ,
    "GET /{id}/manifest": READ,
    "POST /{id}/download-ticket": READ,
    "GET /{id}/links": OWN,
    "POST /{id}/links": OWN,
    "GET /{id}/grants": OWN,
    "GET /{id}/grants/{user_id}": OWN,
    "PUT /{id}/grants/{user_id}": OWN,
    "DELETE /{id}/grants/{user_id}": OWN,
}
# Whoever shows a ticket may follow it; of films a test of their own tells.
ELSEWHERE = ("/content", "/policy", "/hls")
BODIES: dict[str, dict[str, Any]] = {
    "PUT /{id}/grants/{user_id}": {"access": READ},
    "POST /{id}/restore": {},
    "POST /{id}/links": {},
    "POST /{id}/download-ticket": {},
}
UPLOADS = ("GET /{id}", "POST /{id}/parts", "POST /{id}/complete", "DELETE /{id}")


def routes_of(things: str) -> list[Route]:
    """All operations on one of these things."""
    return [
        route
        for route in ROUTES
        if route.path.startswith(f"/{things}/{{id}}")
        and not any(word in route.path for word in ELSEWHERE)
    ]


def key_of(route: Route, things: str) -> str:
    return f"{route.method} {route.path.removeprefix(f'/{things}')}"


@dataclass(slots=True)
class World:
    """An owner's folder, and everybody who might want something of what is in it."""

    owner: Person
    folder: str
    private: str
    people: dict[str, Person]
    anonymous: Person

    async def new(self, things: str, folder: str) -> str:
        """A file with two versions, or a folder, in a folder."""
        name = f"{things}-{next(NAMES)}"
        if things == "folders":
            return await make(self.owner, name, folder)
        await self.owner.upload(name, b"1", folder_id=folder)
        return str((await self.owner.upload(name, b"22", folder_id=folder))["id"])


@pytest.fixture
async def world(storage: Storage) -> World:
    owner = somebody(storage)
    folder, private = await make(owner, "shared"), await make(owner, "private")
    people = {name: somebody(storage) for name in ("stranger", READ, WRITE)}
    boss = storage.person()
    boss.token = make_token(boss.id, boss.session_id, scope=RIGHTS, su=True)
    for access in (READ, WRITE):
        await share(owner, f"folders/{folder}", people[access], access)
    anonymous = storage.person()
    anonymous.token = "nonsense"
    everybody = people | {"administrator": boss, OWN: owner}
    return World(owner, folder, private, everybody, anonymous)


async def ask(person: Person, route: Route, thing_id: str, user_id: uuid.UUID) -> tuple[int, str]:
    """Call a route; status and code of the answer."""
    things = route.path.split("/")[1]
    body = BODIES.get(key_of(route, things), {"name": f"new-{next(NAMES)}"})
    path = route.path.replace("{id}", thing_id).replace("{number}", "1")
    path = path.replace("{user_id}", str(user_id))
    token = person.token
    async with person.client.request(
        route.method,
        f"/storage/api/v1{path}",
        headers={"Authorization": f"Bearer {token}"},
        json=body if route.body else None,
        allow_redirects=False,
    ) as answer:
        shown = await answer.json() if answer.content_type.endswith("json") else {}
        return answer.status, shown.get("code", "") if answer.status >= 400 else ""


def expected(needs: str, has: str | None) -> set[tuple[int, str]] | None:
    """What somebody is told who may not do it; None who may."""
    if has is None:
        return {(404, "FILE_NOT_FOUND"), (404, "FOLDER_NOT_FOUND")}
    if RANKS.index(has) < RANKS.index(needs):
        return {(403, "PERMISSION_DENIED")}
    return None


@pytest.mark.parametrize("things", ["files", "folders"])
def test_every_route_is_looked_at(things: str) -> None:
    routes = routes_of(things)
    assert len(routes) > 8
    assert {key_of(route, things) for route in routes} <= NEEDS.keys()


@pytest.mark.parametrize("things", ["files", "folders"])
@pytest.mark.parametrize("case", ["below", "by itself", "moved in", "moved out"])
async def test_who_may_do_what(world: World, things: str, case: str) -> None:
    wrong, thing_id = [], ""
    for route in routes_of(things):
        needs = NEEDS[key_of(route, things)]
        for name, person in world.people.items():
            thing_id = thing_id or await prepare(world, things, case)
            somebody_else = uuid.uuid4()
            if "{user_id}" in route.path and route.method != "PUT":
                path = f"/{things}/{thing_id}/grants/{somebody_else}"
                await world.owner.call("PUT", path, json={"access": READ})
            has = name if name in RANKS else None
            if case == "moved out" and name != OWN:
                has = None
            said = await ask(person, route, thing_id, somebody_else)
            refusal = expected(needs, has)
            is_right = said in refusal if refusal else said[0] < 300 or said[1] == "NOT_HASHED"
            if not is_right:
                wrong.append(f"{name}: {route.method} {route.path}: {said}")
            # Whoever was refused has left it as it was for the next.
            if not refusal and route.method != "GET":
                thing_id = ""
        said = await ask(world.anonymous, route, str(uuid.uuid4()), uuid.uuid4())
        assert said[0] == 401, route.path
    assert not wrong, "\n".join(wrong)


async def prepare(world: World, things: str, case: str) -> str:
    """A thing that is shared, or is not any more."""
    parent = "parent_id" if things == "folders" else "folder_id"
    start = world.folder if case in {"below", "moved out"} else world.private
    thing_id = await world.new(things, start)
    if case == "by itself":
        for access in (READ, WRITE):
            await share(world.owner, f"{things}/{thing_id}", world.people[access], access)
    elif case.startswith("moved"):
        target = world.folder if case == "moved in" else world.private
        await world.owner.call("PATCH", f"/{things}/{thing_id}", json={parent: target})
    return thing_id


async def test_who_reads_a_folder_plays_the_film_in_it(world: World) -> None:
    await world.owner.upload("master.m3u8", b"#EXTM3U\n", folder_id=world.folder)
    path = f"/folders/{world.folder}/hls-ticket"
    for name, person in world.people.items():
        await person.call("POST", path, 200 if name in RANKS else 404, json={})


async def test_an_upload_is_of_whoever_began_it(world: World) -> None:
    wanted = {"size": 1, "folder_id": world.folder, "parts": True}
    for key in UPLOADS:
        method, path = key.split()
        body = {"name": f"upload-{next(NAMES)}"} | wanted
        started = await world.people[WRITE].call("POST", "/uploads", 201, json=body)
        path = path.replace("{id}", f"uploads/{started['id']}")
        numbers = {"numbers": [1]} if path.endswith("parts") else None
        for name, person in world.people.items():
            if name != WRITE:
                answer = await person.call(method, path, 404, json=numbers)
                assert answer["code"] == "UPLOAD_NOT_FOUND", name
        await world.anonymous.call(method, path, 401, json=numbers)
    for name in ("stranger", "administrator"):
        body = {"name": "never"} | wanted
        await world.people[name].call("POST", "/uploads", 404, json=body)
    await world.people[READ].call("POST", "/uploads", 403, json={"name": "never"} | wanted)
