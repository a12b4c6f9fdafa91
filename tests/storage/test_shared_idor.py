"""What is below a folder that somebody shares: every route with an id in it, for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.storage.foldering import make
from tests.storage.idor import TABLE, ask, is_let_in, member
from tests.storage.sharing import share

if TYPE_CHECKING:
    from shared.web.route import Route
    from tests.storage.conftest import Person, Storage

# Whoever may read may do this, whoever may write that, too; all else is its owner's.
READ = {
    ("GET", "/files/{id}"),
    ("GET", "/files/{id}/replicas"),
    ("GET", "/files/{id}/versions"),
    ("GET", "/files/{id}/download"),
    ("GET", "/files/{id}/manifest"),
    ("POST", "/files/{id}/download-ticket"),
    ("GET", "/folders/{id}"),
}
WRITE = {
    ("PATCH", "/files/{id}"),
    ("POST", "/files/{id}/versions/{number}/restore"),
    ("POST", "/files/{id}/trash"),
    ("POST", "/files/{id}/restore"),
    ("PATCH", "/folders/{id}"),
    ("POST", "/folders/{id}/trash"),
    ("POST", "/folders/{id}/restore"),
}
# Without a film in the folder there is no ticket for one, whoever asks.
NO_FILM = "/hls-ticket"
ROUTES = [
    route
    for route in TABLE
    if route.path.split("/")[1] in {"files", "folders"} and not route.path.endswith(NO_FILM)
]
PLACES = ("below it", "moved out of it", "moved into it")


def test_the_tables_name_routes_that_there_are() -> None:
    assert {(route.method, route.path) for route in ROUTES} >= READ | WRITE


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("things", ["files", "folders"])
async def test_a_grant_reaches_what_is_below_it_and_nothing_else(
    storage: Storage, things: str, place: str
) -> None:
    owner, reader, writer = member(storage), member(storage), member(storage)
    top = await make(owner, "granted")
    await share(owner, f"folders/{top}", reader, "read")
    await share(owner, f"folders/{top}", writer, "write")
    others = {"anonymous": storage.person(), "stranger": member(storage)}
    others["administrator"] = member(storage, su=True)
    wrong = []
    for number, route in enumerate(
        route for route in ROUTES if route.path.startswith(f"/{things}/")
    ):
        thing_id = await put(owner, things, top, place, str(number))
        people = {**others, "reader": reader, "writer": writer}
        for name, person in people.items():
            said = await ask(person, route, thing_id)
            if not is_right(name, route, said, place):
                wrong.append(f"{name}: {route.method} {route.path}: {said}")
    assert not wrong, "\n".join(wrong)


async def put(owner: Person, things: str, top: str, place: str, name: str) -> str:
    """Make a file or a folder in a folder of its own, which is or comes where it is wanted."""
    begins_below = place != "moved into it"
    parent = await make(owner, name, top if begins_below else None)
    if things == "folders":
        thing_id = await make(owner, "thing", parent)
    else:
        thing_id = str((await owner.upload("thing", b"1", folder_id=parent))["id"])
    if place != "below it":
        goes_to = None if begins_below else top
        await owner.call("PATCH", f"/folders/{parent}", json={"parent_id": goes_to})
    return thing_id


def is_right(name: str, route: Route, said: int, place: str) -> bool:
    """Whether somebody was told what they should be."""
    if name == "anonymous":
        return said == 401
    if name in {"stranger", "administrator"} or place == "moved out of it":
        return said == 404
    allowed = READ | WRITE if name == "writer" else READ
    if (route.method, route.path) in allowed:
        return is_let_in(said)
    return said == 403
