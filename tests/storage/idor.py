"""Every route of storage with the id of a person's thing in it, and how somebody asks for one."""

from __future__ import annotations

import itertools
import uuid
from typing import TYPE_CHECKING, Any

from services.storage.app import ROUTES
from tests.storage.conftest import Person, Storage, make_token
from tests.storage.foldering import make
from tests.storage.sharing import RIGHTS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from shared.web.route import Route

    Make = Callable[[Person], Awaitable[dict[str, Any]]]

NAMES = itertools.count()
ALL = f"{RIGHTS} drops.create"
# What a person has; all else that has an id is an operator's, or shown by a link.
PERSONAL = ("uploads", "files", "folders", "links", "drops")
# A rule for copies is an operator's, whose the file may be.
OF_OPERATORS = ("policy.view", "policy.change")
BODIES: dict[str, dict[str, Any]] = {
    "PATCH /files": {"name": "mine"},
    "PATCH /folders": {"name": "mine"},
    "PATCH /links": {"name": "mine"},
    "PATCH /drops": {"title": "mine"},
    "PUT /files": {"access": "read"},
    "PUT /folders": {"access": "read"},
}
# Nobody has been given it, and no film is in it.
NOT_THERE = ("/{user_id}", "/hls-ticket")
# Whoever shows a ticket may follow it.
BY_TICKET = ("/content", "/hls/steering.json", "/hls/{playlist}")
TABLE = [
    route
    for route in ROUTES
    if route.path.split("/")[1] in PERSONAL
    and "{id}" in route.path
    and route.permission not in OF_OPERATORS
    and not route.path.endswith(BY_TICKET)
]


async def new_upload(owner: Person) -> dict[str, Any]:
    body = {"name": f"upload {next(NAMES)}", "size": 1, "parts": True}
    return await owner.call("POST", "/uploads", 201, json=body)


async def new_file(owner: Person) -> dict[str, Any]:
    return await owner.upload(f"file {next(NAMES)}", b"1")


async def new_folder(owner: Person) -> dict[str, Any]:
    return {"id": await make(owner, f"folder {next(NAMES)}")}


async def new_link(owner: Person) -> dict[str, Any]:
    file = await new_file(owner)
    return await owner.call("POST", f"/files/{file['id']}/links", 201, json={})


async def new_drop(owner: Person) -> dict[str, Any]:
    body = {"folder_id": (await new_folder(owner))["id"], "title": "photos"}
    return await owner.call("POST", "/drops", 201, json=body)


MAKERS: dict[str, Make] = {
    "uploads": new_upload,
    "files": new_file,
    "folders": new_folder,
    "links": new_link,
    "drops": new_drop,
}


def member(storage: Storage, scope: str = ALL, **claims: Any) -> Person:
    person = storage.person()
    person.token = make_token(person.id, person.session_id, scope=scope, **claims)
    return person


def is_let_in(status: int) -> bool:
    """Whether an answer is neither a refusal nor the denial that there is such a thing."""
    return status not in {401, 403, 404}


async def ask(
    person: Person,
    route: Route,
    thing_id: str,
    *,
    query: str = "",
    body: dict[str, Any] | None = None,
) -> int:
    """Call a route; the status of the answer."""
    path = route.path.replace("{id}", thing_id).replace("{number}", "1")
    path = path.replace("{user_id}", str(uuid.uuid4())).replace("{kind}", "scrub")
    body = body or BODIES.get(f"{route.method} /{route.path.split('/')[1]}", {})
    if route.path.endswith("/{id}/parts"):
        body = {"numbers": [1]}
    async with person.client.request(
        route.method,
        f"/storage/api/v1{path}{query}",
        headers={"Authorization": f"Bearer {person.token}"} if person.token else {},
        json=body if route.body else None,
        allow_redirects=False,
    ) as answer:
        return answer.status


def without(owner: Person, permission: str) -> Person:
    """The same person, by a token that lacks a permission."""
    left = " ".join(name for name in ALL.split() if name != permission)
    token = make_token(owner.id, owner.session_id, scope=left)
    return Person(owner.client, owner.document, id=owner.id, token=token)
