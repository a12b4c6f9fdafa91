"""Versions: listed, downloaded, made current again without copying, deleted one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.storage.sending import read
from tests.world.places import BOSTON

if TYPE_CHECKING:
    from tests.storage.conftest import Person, Storage

BODIES = (b"one", b"second", b"3")


async def make_three(person: Person) -> str:
    """A file of three versions; the path of its address."""
    stored = [await person.upload("a", body) for body in BODIES]
    return f"/files/{stored[-1]['id']}"


async def numbers(person: Person, path: str) -> list[int]:
    items = (await person.call("GET", f"{path}/versions"))["items"]
    assert [item["is_current"] for item in items] == [True] + [False] * (len(items) - 1)
    return [item["number"] for item in items]


async def bytes_of(person: Person, path: str, version: str = "") -> bytes:
    return await read((await person.call("GET", f"{path}/download{version}"))["url"])


async def test_versions_are_listed_newest_first_and_by_pages(storage: Storage) -> None:
    person = storage.person(BOSTON)
    path = await make_three(person)
    await person.upload("a", b"not yet", complete=False)
    first = await person.call("GET", f"{path}/versions?limit=2")
    second = await person.call("GET", f"{path}/versions?cursor={first['next']}")
    items = first["items"] + second["items"]
    assert [(item["number"], item["size"]) for item in items] == [(3, 1), (2, 6), (1, 3)]
    assert {item["created_by"] for item in items} == {str(person.id)}
    assert second["next"] is None
    await person.call("GET", f"{path}/versions?cursor=WzBd", 400)


async def test_a_version_is_made_current_without_copying(storage: Storage, owner_pool: Any) -> None:
    person = storage.person(BOSTON)
    path = await make_three(person)
    objects = await storage.keys("new-york")
    file = await person.call("POST", f"{path}/versions/1/restore")
    assert (file["version"], file["versions"], file["size"], file["state"]) == (4, 4, 3, "stored")
    assert file["replicas"]["ready"] == 1
    assert await storage.keys("new-york") == objects
    assert await numbers(person, path) == [4, 3, 2, 1]
    assert await bytes_of(person, path) == await bytes_of(person, path, "?version=1") == b"one"
    assert await bytes_of(person, path, "?version=4") == b"one"
    assert (await person.call("GET", f"{path}/versions"))["items"][0]["restored_from"] == 1
    usage = await person.call("GET", "/usage")
    assert (usage["bytes"], usage["old_versions_bytes"]) == (10, 7)
    # It is current already.
    assert (await person.call("POST", f"{path}/versions/1/restore"))["version"] == 4
    newer = await person.upload("a", b"newer")
    assert (newer["version"], newer["versions"]) == (5, 5)
    listed = (await person.call("GET", "/files"))["items"][0]
    assert (listed["version"], listed["versions"]) == (5, 5)


async def test_an_older_upload_does_not_take_the_place_of_what_was_restored(
    storage: Storage,
) -> None:
    person = storage.person(BOSTON)
    path = await make_three(person)
    started = await person.upload("a", b"late", complete=False)
    await person.call("POST", f"{path}/versions/1/restore")
    file = await person.call("POST", f"/uploads/{started['id']}/complete")
    assert (file["version"], file["versions"]) == (5, 5)
    assert await bytes_of(person, path) == b"one"


@pytest.mark.parametrize(
    ("gone", "left"), [([1], [4, 3, 2]), ([4], [3, 2, 1]), ([4, 1], [3, 2]), ([1, 4], [3, 2])]
)
async def test_bytes_live_as_long_as_a_number_shows_them(
    storage: Storage, owner_pool: Any, gone: list[int], left: list[int]
) -> None:
    person = storage.person(BOSTON)
    path = await make_three(person)
    await person.call("POST", f"{path}/versions/1/restore")
    for number in gone:
        await person.call("DELETE", f"{path}/versions/{number}", 204)
    assert await numbers(person, path) == left
    for number in gone:
        await person.call("GET", f"{path}/download?version={number}", 404)
        await person.call("POST", f"{path}/versions/{number}/restore", 404)
        await person.call("DELETE", f"{path}/versions/{number}", 404)
    shown = await bytes_of(person, path)
    assert shown == (b"one" if 4 in left else BODIES[left[0] - 1])
    states = await owner_pool.fetch("SELECT state FROM storage.versions ORDER BY number")
    assert [row["state"] for row in states].count("DELETING") == (len(gone) == 2)
    usage = await person.call("GET", "/usage")
    assert usage["bytes"] == (7 if len(gone) == 2 else 10)


async def test_the_last_version_goes_only_with_its_file(storage: Storage) -> None:
    person = storage.person(BOSTON)
    path = await make_three(person)
    for number in (3, 1):
        await person.call("DELETE", f"{path}/versions/{number}", 204)
    problem = await person.call("DELETE", f"{path}/versions/2", 409)
    assert problem["code"] == "LAST_VERSION"
    assert await bytes_of(person, path) == b"second"
    events = [item["event"] for item in (await person.call("GET", "/actions?limit=3"))["items"]]
    assert events.count("VERSION.DELETE") == 2
    await person.call("DELETE", path, 204)


async def test_nobody_else_sees_versions(storage: Storage) -> None:
    person, other = storage.person(BOSTON), storage.person(BOSTON)
    path = await make_three(person)
    for method, rest in (("GET", ""), ("POST", "/1/restore"), ("DELETE", "/1")):
        problem = await other.call(method, f"{path}/versions{rest}", 404)
        assert problem["code"] == "FILE_NOT_FOUND"
    await person.call("POST", f"{path}/versions/99999999999/restore", 404)
    await person.call("POST", f"{path}/trash")
    problem = await person.call("POST", f"{path}/versions/1/restore", 409)
    assert problem["code"] == "FILE_TRASHED"
