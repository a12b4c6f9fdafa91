"""Old versions go by setting, by number or by age; what is current or named by a link stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from asyncpg import RaiseError

from services.storage.versions.retire import Retention, retire_versions
from tests.storage.conftest import EVERYTHING, make_token
from tests.storage.foldering import make
from tests.world.obstacles import refuse
from tests.world.places import BOSTON

if TYPE_CHECKING:
    from shared.db import Pool
    from tests.storage.conftest import Person, Storage
    from tests.storage.parts import Parts

AGE = """
UPDATE storage.versions SET created_at = now() - make_interval(days => $2 - number),
    stored_at = now() - make_interval(days => $2 - number)
WHERE owner_id = $1
"""
LAST_SLOWLY = """
UPDATE storage.versions SET created_at = now() - interval '4 days',
    stored_at = CASE WHEN number = $2 THEN now() ELSE now() - interval '4 days' END
WHERE owner_id = $1
"""


async def make_five(person: Person, folder_id: str | None = None) -> str:
    """A file of five versions; the path of its address."""
    stored = [await person.upload("a", b"x" * size, folder_id=folder_id) for size in range(1, 6)]
    return f"/files/{stored[-1]['id']}"


async def numbers(person: Person, path: str) -> list[int]:
    items = (await person.call("GET", f"{path}/versions"))["items"]
    return [item["number"] for item in items]


async def retire(parts: Parts, count: int = 0, days: int = 0) -> None:
    await retire_versions(parts.pool, parts.doorbell, Retention(count, days))


async def test_only_so_many_versions_are_kept(storage: Storage, parts: Parts) -> None:
    person = storage.person(BOSTON)
    path = await make_five(person)
    single = await person.upload("b", b"1")
    await retire(parts)
    assert await numbers(person, path) == [5, 4, 3, 2, 1]
    await retire(parts, count=2)
    assert await numbers(person, path) == [5, 4]
    assert await numbers(person, f"/files/{single['id']}") == [1]
    usage = await person.call("GET", "/usage")
    assert (usage["bytes"], usage["old_versions_bytes"]) == (10, 4)
    items = (await person.call("GET", "/actions?event=VERSION.DELETE"))["items"]
    assert [(item["data"]["version"], item["user_id"], item["ip"]) for item in items] == [
        (number, None, None) for number in (3, 2, 1)
    ]


@pytest.mark.parametrize(
    ("days", "left"),
    [(30, [5, 4, 3, 2, 1]), (8, [5, 4, 3, 2]), (7, [5, 4, 3]), (6, [5, 4]), (1, [5])],
)
async def test_versions_are_kept_for_days_after_they_were_replaced(
    storage: Storage, parts: Parts, owner_pool: Pool, days: int, left: list[int]
) -> None:
    person = storage.person(BOSTON)
    path = await make_five(person)
    # Version 1 was made 9 days ago and replaced 8 days ago, version 5 made 5 days ago.
    await owner_pool.execute(AGE, person.id, 10)
    await retire(parts, days=days)
    assert await numbers(person, path) == left


@pytest.mark.parametrize(("slow", "left"), [(5, [5, 4]), (2, [5, 2])])
async def test_an_upload_of_many_days_is_there_since_it_ended(
    storage: Storage, parts: Parts, owner_pool: Pool, slow: int, left: list[int]
) -> None:
    """Also one that a younger version overtook."""
    person = storage.person(BOSTON)
    path = await make_five(person)
    await owner_pool.execute(LAST_SLOWLY, person.id, slow)
    await retire(parts, days=3)
    assert await numbers(person, path) == left


async def test_bytes_that_were_made_current_again_stay(storage: Storage, parts: Parts) -> None:
    person = storage.person(BOSTON)
    path = await make_five(person)
    await person.call("POST", f"{path}/versions/1/restore")
    await retire(parts, count=1)
    assert await numbers(person, path) == [6]
    file = await person.call("GET", path)
    assert (file["size"], file["version"], file["versions"]) == (1, 6, 1)
    assert "url" in await person.call("GET", f"{path}/download")
    assert (await person.call("GET", "/usage"))["bytes"] == 1


async def test_what_an_open_link_names_stays(storage: Storage, parts: Parts) -> None:
    person = storage.person(BOSTON)
    path = await make_five(person)
    person.token = make_token(
        person.id, person.session_id, scope=f"{EVERYTHING} links.create links.view links.delete"
    )
    link = await person.call("POST", f"{path}/links", 201, json={"version": 2})
    await retire(parts, count=1)
    assert await numbers(person, path) == [5, 2]
    await person.call("DELETE", f"/links/{link['id']}", 204)
    await retire(parts, count=1)
    assert await numbers(person, path) == [5]


@pytest.mark.parametrize("trashed", ["file", "folder", "folder above"])
async def test_what_is_in_the_trash_keeps_its_versions(
    storage: Storage, parts: Parts, trashed: str
) -> None:
    person = storage.person(BOSTON)
    above = await make(person, "above")
    folder = await make(person, "folder", above)
    path = await make_five(person, folder)
    place = {"file": path, "folder": f"/folders/{folder}", "folder above": f"/folders/{above}"}
    await person.call("POST", f"{place[trashed]}/trash")
    await retire(parts, count=1)
    await person.call("POST", f"{place[trashed]}/restore", json={})
    assert await numbers(person, path) == [5, 4, 3, 2, 1]
    await retire(parts, count=1)
    assert await numbers(person, path) == [5]


async def test_a_file_with_which_it_fails_holds_up_no_other(
    storage: Storage, parts: Parts, owner_pool: Pool
) -> None:
    people = sorted((storage.person(BOSTON) for _ in range(2)), key=lambda person: person.id)
    paths = [await make_five(person) for person in people]
    await refuse(owner_pool, "storage.versions", "file_id", paths[0].removeprefix("/files/"))
    with pytest.raises(RaiseError, match="refused"):
        await retire(parts, count=1)
    left = [await numbers(person, path) for person, path in zip(people, paths, strict=True)]
    assert left == [[5, 4, 3, 2, 1], [5]]
