"""The trash: what is put there, taken out, emptied, purged."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from asyncpg import RaiseError

from services.storage.folders.erase import erase_folders
from services.storage.trash.empty import purge_trash
from tests.storage.conftest import Person, Storage
from tests.storage.foldering import make, paths
from tests.storage.sharing import share, somebody
from tests.world.obstacles import bound, refuse
from tests.world.places import BOSTON

if TYPE_CHECKING:
    from tests.storage.parts import Parts


async def names(person: Person, query: str = "") -> list[str]:
    files = (await person.call("GET", f"/files?sort=name&order=asc{query}"))["items"]
    return [file["name"] for file in files]


async def test_a_file_goes_to_the_trash_and_comes_back(storage: Storage) -> None:
    person = storage.person(BOSTON)
    file = await person.upload("a", b"1", folder="/x")
    path = f"/files/{file['id']}"
    for _ in range(2):
        assert (await person.call("POST", f"{path}/trash"))["trashed_at"]
    assert await names(person) == []
    assert await names(person, "&trashed=true") == ["a"]
    assert (await person.call("GET", f"{path}/download", 409))["code"] == "FILE_TRASHED"
    assert (await person.call("PATCH", path, 409, json={"name": "b"}))["code"] == "FILE_TRASHED"
    back = await person.call("POST", f"{path}/restore", json={})
    assert (back["folder"], back["name"], back["trashed_at"]) == ("/x", "a", None)
    await person.call("GET", f"{path}/download")
    actions = (await person.call("GET", "/actions?limit=3"))["items"]
    assert [item["event"] for item in actions] == ["FILE.DOWNLOAD", "FILE.RESTORE", "FILE.TRASH"]


async def test_its_name_is_free_and_may_be_taken_when_it_comes_back(storage: Storage) -> None:
    person = storage.person(BOSTON)
    first = await person.upload("a.txt", b"1")
    await person.call("POST", f"/files/{first['id']}/trash")
    second = await person.upload("a.txt", b"2")
    assert second["id"] != first["id"]
    path = f"/files/{first['id']}/restore"
    problem = await person.call("POST", path, 409, json={"on_conflict": "fail"})
    assert problem["code"] == "FILE_EXISTS"
    assert (await person.call("POST", path, json={}))["name"] == "a (2).txt"


async def test_a_folder_takes_what_is_in_it_along_and_back(storage: Storage) -> None:
    person = storage.person(BOSTON)
    file = await person.upload("a", b"1", folder="/x/y")
    gone = await person.upload("gone before", b"1", folder="/x/y")
    await person.call("POST", f"/files/{gone['id']}/trash")
    folder = await person.call("POST", "/folders", 200, json={"path": "/x"})
    await person.call("POST", f"/folders/{folder['id']}/trash")
    assert await names(person) == await paths(person) == []
    assert (await person.call("GET", f"/files/{file['id']}"))["trashed_at"]
    assert (await person.call("GET", f"/files/{file['id']}/download", 409))[
        "code"
    ] == "FILE_TRASHED"
    trash = (await person.call("GET", "/folders?trashed=true"))["items"]
    assert [item["path"] for item in trash] == ["/x"]
    inside = await person.call("GET", f"/folders?trashed=true&parent_id={folder['id']}")
    assert [item["name"] for item in inside["items"]] == ["y"]
    problem = await person.call("GET", f"/folders?parent_id={folder['id']}", 409)
    assert problem["code"] == "FOLDER_TRASHED"
    back = await person.call("POST", f"/folders/{folder['id']}/restore", json={})
    assert (back["path"], back["trashed_at"]) == ("/x", None)
    assert await names(person) == ["a"]
    assert await names(person, "&trashed=true") == ["gone before"]


async def test_the_trash_of_a_folder_is_what_was_thrown_away_from_it(storage: Storage) -> None:
    """The one it is shared with learns nothing of what its owner threw away elsewhere."""
    owner, other = somebody(storage), somebody(storage)
    above = await make(owner, "above")
    shared = await make(owner, "shared", above)
    inner = await make(owner, "inner", shared)
    places = {"secret": None, "secret beside": above, "in": shared, "in below": inner}
    for name, parent in places.items():
        await owner.call("POST", f"/folders/{await make(owner, name, parent)}/trash")
        file = await owner.upload(name, b"1", folder_id=parent)
        await owner.call("POST", f"/files/{file['id']}/trash")
    await share(owner, f"folders/{shared}", other)

    async def thrown(person: Person, thing: str, query: str) -> list[str]:
        page = await person.call("GET", f"/{thing}?trashed=true&{query}")
        return sorted(item["name"] for item in page["items"])

    for person in (owner, other):
        for name in ("", "in", "secret", "nothing"):
            query = f"&q={name}" if name else ""
            below = sorted(one for one in ("in", "in below") if name in one)
            just_in = [one for one in ("in",) if name in one]
            of_folders = await thrown(person, "folders", f"parent_id={shared}{query}")
            assert of_folders == (below if name else just_in)
            assert await thrown(person, "files", f"folder_id={shared}{query}") == just_in
            assert await thrown(person, "files", f"folder_id={shared}&deep=true{query}") == below
    assert await thrown(owner, "folders", "") == await thrown(owner, "files", "") == sorted(places)
    assert await thrown(owner, "folders", "q=secret") == ["secret", "secret beside"]
    page = await other.call("GET", f"/folders?trashed=true&parent_id={shared}&q=in")
    assert [item["path"] for item in page["items"]] == ["/shared/in", "/shared/inner/in below"]
    assert (await other.call("GET", "/folders?trashed=true"))["items"] == []


async def test_what_is_restored_out_of_the_trash_s_folder_goes_to_the_top(storage: Storage) -> None:
    person = storage.person(BOSTON)
    file = await person.upload("a", b"1", folder="/x/y")
    inner = await person.call("POST", "/folders", 200, json={"path": "/x/y"})
    outer = await person.call("POST", "/folders", 200, json={"path": "/x"})
    await make(person, "y")
    await person.call("POST", f"/folders/{outer['id']}/trash")
    back = await person.call("POST", f"/folders/{inner['id']}/restore", json={})
    assert back["path"] == "/y (2)"
    await person.call("POST", f"/folders/{inner['id']}/trash")
    back = await person.call("POST", f"/files/{file['id']}/restore", json={})
    assert back["folder"] == "/"


async def test_what_was_thrown_away_from_a_folder_in_the_trash_keeps_its_place(
    storage: Storage, parts: Parts
) -> None:
    """Also when the folder around both is deleted for ever."""
    person = storage.person(BOSTON)
    around = await make(person, "around")
    outer = await make(person, "outer", around)
    inner = await make(person, "inner", outer)
    file = await person.upload("a", b"1", folder_id=outer)
    thrown = (f"/files/{file['id']}", f"/folders/{inner}", f"/folders/{outer}")
    for path in thrown:
        await person.call("POST", f"{path}/trash")
    await person.call("DELETE", f"/folders/{around}", 204)
    await erase_folders(parts.pool, parts.doorbell)
    back = [await person.call("POST", f"{path}/restore", json={}) for path in thrown[::-1]]
    assert [folder["path"] for folder in back[:2]] == ["/outer", "/outer/inner"]
    assert back[2]["folder"] == "/outer"


async def test_an_upload_into_a_folder_that_is_thrown_away_goes_with_it(storage: Storage) -> None:
    person = storage.person(BOSTON)
    started = await person.upload("a", b"1", complete=False, folder="/x")
    folder = await person.call("POST", "/folders", 200, json={"path": "/x"})
    await person.call("POST", f"/folders/{folder['id']}/trash")
    file = await person.call("POST", f"/uploads/{started['id']}/complete")
    assert (file["state"], bool(file["trashed_at"])) == ("stored", True)
    body = {"name": "b", "size": 1, "folder_id": folder["id"]}
    assert (await person.call("POST", "/uploads", 409, json=body))["code"] == "FOLDER_TRASHED"
    await person.call("POST", f"/folders/{folder['id']}/restore", json={})
    assert await names(person) == ["a"]


async def test_files_of_one_name_restored_at_once_all_come_back(storage: Storage) -> None:
    person = storage.person(BOSTON)
    ids = []
    for number in range(5):
        ids.append((await person.upload("a.txt", str(number).encode()))["id"])
        await person.call("POST", f"/files/{ids[-1]}/trash")
    assert len(set(ids)) == 5
    restored = (person.call("POST", f"/files/{file_id}/restore", json={}) for file_id in ids)
    back = [file["name"] for file in await asyncio.gather(*restored)]
    assert sorted(back) == ["a (2).txt", "a (3).txt", "a (4).txt", "a (5).txt", "a.txt"]
    assert sorted(await names(person)) == sorted(back)


async def test_a_folder_thrown_away_while_its_file_arrives_loses_nothing(storage: Storage) -> None:
    """The file is in the trash with it, or was there before, and comes back with the folder."""
    for number in range(8):
        person = storage.person(BOSTON)
        started = await person.upload("a", b"1", complete=False, folder=f"/x{number}")
        folder = await person.call("POST", "/folders", 200, json={"path": f"/x{number}"})
        answers = await asyncio.gather(
            person.call("POST", f"/uploads/{started['id']}/complete"),
            person.call("POST", f"/folders/{folder['id']}/trash"),
        )
        assert answers[0]["state"] == "stored"
        assert await names(person) == []
        await person.call("POST", f"/folders/{folder['id']}/restore", json={})
        assert await names(person) == ["a"]


@pytest.mark.parametrize("by_time", [True, False])
async def test_the_trash_is_emptied_by_hand_and_by_time(
    storage: Storage, parts: Parts, owner_pool: Any, *, by_time: bool
) -> None:
    person, other = storage.person(BOSTON), storage.person(BOSTON)
    kept = await other.upload("other", b"1")
    await other.call("POST", f"/files/{kept['id']}/trash")
    await person.upload("stays", b"1", folder="/x")
    await person.upload("a", b"1", folder="/x")
    file = await person.upload("a", b"1", folder="/x/y")
    await person.call("POST", f"/files/{file['id']}/trash")
    thrown = await person.call("POST", "/folders", 200, json={"path": "/x/y"})
    await person.call("POST", f"/folders/{thrown['id']}/trash")
    if by_time:
        for table in ("files", "folders"):
            await owner_pool.execute(
                f"UPDATE storage.{table} SET trashed_at = now() - interval '31 days'"
                " WHERE owner_id = $1 AND trashed_at IS NOT NULL",
                person.id,
            )
        await purge_trash(parts.pool, parts.doorbell, 30)
    else:
        await person.call("DELETE", "/trash", 204)
    await erase_folders(parts.pool, parts.doorbell)
    assert await names(person, "&trashed=true") == []
    assert (await person.call("GET", "/folders?trashed=true"))["items"] == []
    assert await names(person) == ["a", "stays"]
    await person.call("GET", f"/files/{file['id']}", 404)
    assert await names(other, "&trashed=true") == ["other"]
    actions = (await person.call("GET", "/actions?limit=2"))["items"]
    assert {item["event"] for item in actions} == {"FILE.DELETE", "FOLDER.DELETE"}
    assert all((item["ip"] is None) == by_time for item in actions)


@pytest.mark.parametrize("thing", ["files", "folders"])
async def test_what_cannot_be_purged_holds_up_no_other(
    storage: Storage, parts: Parts, owner_pool: Any, thing: str
) -> None:
    first, second = storage.person(BOSTON), storage.person(BOSTON)
    thing_id = ""
    for person in (first, second):
        folder = await make(person, "x")
        file = await person.upload("a", b"1", folder_id=folder)
        thing_id = file["id"] if thing == "files" else folder
        await person.call("POST", f"/{thing}/{thing_id}/trash")
        age = f"UPDATE storage.{thing} SET trashed_at = now() - interval '31 days' WHERE id = $1"
        await owner_pool.execute(age, UUID(thing_id))
    oldest = f"SELECT id FROM storage.{thing} ORDER BY trashed_at LIMIT 1"
    await refuse(owner_pool, f"storage.{thing}", "id", await owner_pool.fetchval(oldest))
    with pytest.raises(RaiseError, match="refused"):
        await purge_trash(parts.pool, parts.doorbell, 30)
    await second.call("GET", f"/{thing}/{thing_id}", 404)


async def test_a_full_trash_is_emptied_page_by_page(
    storage: Storage, owner_pool: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = storage.person(BOSTON)
    for number in range(5):
        await person.call("POST", f"/folders/{await make(person, str(number))}/trash")
    monkeypatch.setattr("services.storage.trash.empty.AT_ONCE", 2)
    await bound(owner_pool, "storage.folders", "UPDATE", 2)
    await person.call("DELETE", "/trash", 204)
    assert (await person.call("GET", "/folders?trashed=true"))["items"] == []
