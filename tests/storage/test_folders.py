"""Folders: made, listed, renamed, moved, deleted for ever; and races between two."""

from __future__ import annotations

import asyncio
import unicodedata
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from asyncpg import RaiseError

from services.storage.folders.erase import erase_folders
from tests.storage.conftest import Person, Storage, make_token
from tests.storage.foldering import make, paths
from tests.world.obstacles import bound, refuse
from tests.world.places import BOSTON

if TYPE_CHECKING:
    from tests.storage.parts import Parts


async def status_of(person: Person, method: str, path: str, body: Any) -> tuple[int, str]:
    """Call without expecting anything; status and code."""
    token = make_token(person.id, person.session_id)
    headers = {"Authorization": f"Bearer {token}"}
    url = f"/storage/api/v1{path}"
    async with person.client.request(method, url, headers=headers, json=body) as answer:
        return answer.status, (await answer.json()).get("code", "")


async def test_folders_are_made_shown_and_listed_by_name(storage: Storage) -> None:
    person = storage.person()
    above = await make(person, "above")
    for name in ("file 10", "File 9", "äpfel", "1"):
        await make(person, name, above)
    assert await paths(person) == ["/above"]
    assert await paths(person, above) == [
        *("/above/1", "/above/äpfel", "/above/File 9", "/above/file 10")
    ]
    shown = await person.call("GET", f"/folders/{above}")
    assert (shown["name"], shown["parent_id"], shown["trashed_at"]) == ("above", None, None)


async def test_a_name_is_taken_once_whatever_has_it_and_however_it_is_written(
    storage: Storage,
) -> None:
    person = storage.person(BOSTON)
    await make(person, "é")
    await person.call("POST", "/uploads", 201, json={"name": "file", "size": 1})
    for name, code in (("é", "FOLDER_EXISTS"), ("file", "FILE_EXISTS")):
        body = {"name": unicodedata.normalize("NFD", name)}
        assert (await person.call("POST", "/folders", 409, json=body))["code"] == code
    problem = await person.call("POST", "/uploads", 409, json={"name": "é", "size": 1})
    assert problem["code"] == "FOLDER_EXISTS"
    await make(storage.person(), "é")


async def test_a_path_is_made_once(storage: Storage) -> None:
    person = storage.person()
    made = await person.call("POST", "/folders", 201, json={"path": "/a/b/c"})
    again = await person.call("POST", "/folders", 200, json={"path": "/a/b/c"})
    assert (again["id"], again["path"]) == (made["id"], "/a/b/c")


@pytest.mark.parametrize(
    "body",
    [
        *({}, {"path": "/"}, {"name": "a", "path": "/a"}, {"name": "a/b"}, {"name": ".."}),
        {"path": "/a", "parent_id": str(uuid.uuid4())},
        {"path": "/a" * 65},
    ],
)
async def test_bad_folders_are_refused(storage: Storage, body: dict[str, Any]) -> None:
    assert (await storage.person().call("POST", "/folders", 422, json=body))["errors"]


async def test_moving_a_folder_takes_all_that_is_in_it_along(storage: Storage) -> None:
    person = storage.person(BOSTON)
    for name in ("x", "y"):
        await person.call("POST", "/uploads", 201, json={"name": name, "size": 1, "folder": "/a/b"})
    old = await person.call("POST", "/folders", 200, json={"path": "/a"})
    new = await make(person, "new")
    change = {"name": "c", "parent_id": new}
    moved = await person.call("PATCH", f"/folders/{old['id']}", json=change)
    assert moved["path"] == "/new/c"
    files = (await person.call("GET", "/files"))["items"]
    assert {file["folder"] for file in files} == {"/new/c/b"}
    back = await person.call("PATCH", f"/folders/{old['id']}", json={"parent_id": None})
    assert back["path"] == "/c"
    events = [item["event"] for item in (await person.call("GET", "/actions?limit=2"))["items"]]
    assert events == ["FOLDER.MOVE", "FOLDER.MOVE"]


async def test_folders_are_found_by_a_part_of_their_name(storage: Storage) -> None:
    person = storage.person()
    for path in ("/Берег 012/Übung 100%", "/берег/deep/берег 12", "/gone/берег"):
        await person.call("POST", "/folders", 201, json={"path": path})
    gone = await person.call("POST", "/folders", 200, json={"path": "/gone"})
    below = await person.call("POST", "/folders", 200, json={"path": "/берег"})
    await person.call("POST", f"/folders/{gone['id']}/trash")

    async def found(query: str) -> list[str]:
        items = (await person.call("GET", f"/folders?{query}"))["items"]
        return sorted(item["path"] for item in items)

    shore = ["/Берег 012", "/берег", "/берег/deep/берег 12"]
    assert await found("q=БЕРЕГ") == shore
    assert await found("q=ерег+12") == ["/Берег 012", "/берег/deep/берег 12"]
    assert await found("q=2&limit=1") == ["/Берег 012"]
    assert await found("q=ubung") == await found("q=0%25") == ["/Берег 012/Übung 100%"]
    assert await found(f"q=берег&parent_id={below['id']}") == ["/берег/deep/берег 12"]
    assert await found("q=1%25") == await found("q=003") == []
    assert (await storage.person().call("GET", "/folders?q=е"))["items"] == []
    await person.call("GET", "/folders?q=", 422)


async def test_a_taken_name_is_refused_or_gets_a_number(storage: Storage) -> None:
    person = storage.person()
    await make(person, "a.b")
    other = await make(person, "other")
    path = f"/folders/{other}"
    assert (await person.call("PATCH", path, 409, json={"name": "a.b"}))["code"] == "FOLDER_EXISTS"
    change = {"name": "a.b", "on_conflict": "rename"}
    assert (await person.call("PATCH", path, json=change))["name"] == "a (2).b"


async def test_a_folder_does_not_get_into_itself(storage: Storage) -> None:
    person = storage.person()
    above = await make(person, "a")
    below = await make(person, "b", await make(person, "m", above))
    for inside in (above, below):
        problem = await person.call("PATCH", f"/folders/{above}", 409, json={"parent_id": inside})
        assert problem["code"] == "FOLDER_IN_ITSELF"


async def test_two_moves_at_once_make_no_ring(storage: Storage) -> None:
    person = storage.person()
    for number in range(10):
        one, two = await make(person, f"one {number}"), await make(person, f"two {number}")
        answers = await asyncio.gather(
            status_of(person, "PATCH", f"/folders/{one}", {"parent_id": two}),
            status_of(person, "PATCH", f"/folders/{two}", {"parent_id": one}),
        )
        assert sorted(answers) == [(200, ""), (409, "FOLDER_IN_ITSELF")]
    assert len(await paths(person)) == 10


async def test_a_name_wanted_by_many_at_once_is_given_once(storage: Storage) -> None:
    person = storage.person(BOSTON)
    bodies = [("/folders", {"name": "a"}), ("/uploads", {"name": "a", "size": 1})] * 5
    answers = await asyncio.gather(
        *(status_of(person, "POST", path, body) for path, body in bodies)
    )
    folders = await paths(person)
    files = (await person.call("GET", "/files"))["items"]
    assert len(folders) + len(files) == 1
    # Uploads of one name are versions of one file.
    made = [status for status, _ in answers if status == 201]
    assert len(made) == (1 if folders else 5)


async def test_depth_has_an_end_also_for_moves(storage: Storage) -> None:
    person = storage.person()
    deep = await person.call("POST", "/folders", 201, json={"path": "/a" * 63})
    small = await person.call("POST", "/folders", 201, json={"path": "/x/y"})
    top = await person.call("POST", "/folders", 200, json={"path": "/x"})
    change = {"parent_id": deep["id"]}
    await person.call("PATCH", f"/folders/{top['id']}", 422, json=change)
    moved = await person.call("PATCH", f"/folders/{small['id']}", json=change)
    await person.call("POST", "/folders", 422, json={"name": "z", "parent_id": moved["id"]})


async def test_paths_have_an_end_also_for_renames_and_moves(storage: Storage) -> None:
    """4,096 bytes in UTF-8: sixteen folders of 255 and a slash each."""
    person = storage.person(BOSTON)
    longest = f"/{'x' * 255}" * 16
    last = await person.call("POST", "/folders", 201, json={"path": longest})
    body = {"name": "f", "size": 1, "folder": f"{longest}/y"}
    for path, too_long in (
        ("/folders", {"path": f"{longest}/y"}),
        ("/folders", {"name": "y", "parent_id": last["id"]}),
        ("/uploads", body),
    ):
        assert (await person.call("POST", path, 422, json=too_long))["errors"]
    file = await person.upload("f", b"1")
    change = {"folder": f"{longest}/y"}
    assert (await person.call("PATCH", f"/files/{file['id']}", 422, json=change))["errors"]
    # A file is no folder: it may lie in the deepest of them.
    await person.call("PATCH", f"/files/{file['id']}", json={"folder": longest})
    top = await make(person, "short")
    inner = await person.call("POST", "/folders", 201, json={"path": "/short/" + "y" * 255})
    first = await person.call("POST", "/folders", 200, json={"path": longest[:256]})
    await person.call("PATCH", f"/folders/{first['id']}", 422, json={"parent_id": inner["id"]})
    await person.call("PATCH", f"/folders/{first['id']}", 422, json={"parent_id": top})


async def test_files_renamed_to_one_name_at_once_keep_all_but_one_their_own(
    storage: Storage,
) -> None:
    person = storage.person(BOSTON)
    ids = [(await person.upload(f"{number}", b"1"))["id"] for number in range(8)]
    answers = await asyncio.gather(
        *(status_of(person, "PATCH", f"/files/{file_id}", {"name": "one"}) for file_id in ids)
    )
    assert sorted(answers) == [(200, ""), *[(409, "FILE_EXISTS")] * 7]
    names = [file["name"] for file in (await person.call("GET", "/files"))["items"]]
    assert len(names) == len(set(names)) == 8
    assert names.count("one") == 1


async def test_if_match_guards_a_folder(storage: Storage) -> None:
    person = storage.person()
    folder = await make(person, "a")
    old = {"If-Match": '"old"'}
    await person.call("PATCH", f"/folders/{folder}", 412, json={"name": "b"}, headers=old)
    await person.call("DELETE", f"/folders/{folder}", 412, headers=old)
    await person.call("DELETE", f"/folders/{folder}", 204, headers={"If-Match": "*"})


async def test_nobody_else_sees_a_folder(storage: Storage) -> None:
    folder = await make(storage.person(), "a")
    other = storage.person()
    other.token = make_token(other.id, other.session_id, su=True)
    for method, path, body in (
        ("GET", f"/folders/{folder}", None),
        ("PATCH", f"/folders/{folder}", {"name": "mine"}),
        ("DELETE", f"/folders/{folder}", None),
        ("GET", f"/folders?parent_id={folder}", None),
        ("GET", f"/files?folder_id={folder}", None),
        ("POST", "/folders", {"name": "mine", "parent_id": folder}),
        ("POST", "/uploads", {"name": "mine", "size": 1, "folder_id": folder}),
        ("POST", f"/folders/{folder}/trash", None),
        ("POST", f"/folders/{folder}/restore", {}),
    ):
        assert (await other.call(method, path, 404, json=body))["code"] == "FOLDER_NOT_FOUND"
    mine = await make(other, "mine")
    problem = await other.call("PATCH", f"/folders/{mine}", 404, json={"parent_id": folder})
    assert problem["code"] == "FOLDER_NOT_FOUND"


async def test_a_deleted_folder_is_gone_at_once_and_erased_soon(
    storage: Storage, parts: Parts, owner_pool: Any
) -> None:
    person = storage.person(BOSTON)
    stored = await person.upload("a", b"1", folder="/x/y")
    late = await person.upload("b", b"22", complete=False, folder="/x")
    thrown = await person.upload("c", b"3", folder="/x/y")
    await person.call("POST", f"/files/{thrown['id']}/trash")
    folder = await person.call("POST", "/folders", 200, json={"path": "/x"})
    await person.call("DELETE", f"/folders/{folder['id']}", 204)
    assert (await person.call("GET", "/files"))["items"] == []
    assert await paths(person) == []
    for path in (f"/files/{stored['id']}", f"/files/{stored['id']}/download"):
        await person.call("GET", path, 404)
    await erase_folders(parts.pool, parts.doorbell)
    await person.call("POST", f"/uploads/{late['id']}/complete", 410)
    assert await owner_pool.fetchval("SELECT count(*) FROM storage.folders") == 0
    states = await owner_pool.fetch("SELECT state FROM storage.versions ORDER BY state")
    assert [row["state"] for row in states] == ["DELETING", "DELETING", "STORED"]
    events = await owner_pool.fetch(
        "SELECT event FROM storage.outbox WHERE event ->> 'type' = 'FILE.DELETED'"
    )
    assert len(events) == 2
    # What was in the trash by itself is still there, and comes back to the top.
    back = await person.call("POST", f"/files/{thrown['id']}/restore", json={})
    assert (back["folder"], back["trashed_at"]) == ("/", None)
    await make(person, "x")


async def test_a_folder_that_cannot_be_erased_holds_up_no_other(
    storage: Storage, parts: Parts, owner_pool: Any
) -> None:
    person = storage.person(BOSTON)
    files = []
    for name in ("first", "second"):
        folder = await make(person, name)
        files.append(await person.upload("a", b"1", folder_id=folder))
        if name == "first":
            await refuse(owner_pool, "storage.folders", "id", await make(person, "in", folder))
        await person.call("DELETE", f"/folders/{folder}", 204)
    with pytest.raises(RaiseError, match="refused"):
        await erase_folders(parts.pool, parts.doorbell)
    assert await owner_pool.fetch("SELECT name FROM storage.folders ORDER BY name") == [
        ("first",),
        ("in",),
    ]
    await person.call("GET", f"/files/{files[1]['id']}", 404)


async def test_a_large_tree_is_erased_page_by_page(
    storage: Storage, parts: Parts, owner_pool: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = storage.person(BOSTON)
    top = await make(person, "top")
    for number in range(3):
        await person.upload("a", b"1", folder=f"/top/{number}/deep")
        await make(person, f"empty {number}", top)
    await person.call("DELETE", f"/folders/{top}", 204)
    monkeypatch.setattr("services.storage.folders.erase.FOLDERS_AT_ONCE", 2)
    await bound(owner_pool, "storage.folders", "DELETE", 2)
    await erase_folders(parts.pool, parts.doorbell)
    assert await owner_pool.fetch("SELECT FROM storage.folders") == []
    assert (await person.call("GET", "/usage"))["files"] == 0


async def test_what_a_deleted_folder_leaves_in_the_trash_is_kept_page_by_page(
    storage: Storage, owner_pool: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = storage.person(BOSTON)
    top = await make(person, "top")
    for number in range(5):
        file = await person.upload(str(number), b"1", folder_id=top)
        folder = await make(person, f"folder {number}", top)
        await person.call("POST", f"/files/{file['id']}/trash")
        await person.call("POST", f"/folders/{folder}/trash")
    monkeypatch.setattr("services.storage.folders.delete.KEPT_AT_ONCE", 2)
    for table in ("files", "folders"):
        await bound(owner_pool, f"storage.{table}", "UPDATE", 2)
    await person.call("DELETE", f"/folders/{top}", 204)
    for thing in ("files", "folders"):
        thrown = (await person.call("GET", f"/{thing}?trashed=true"))["items"]
        assert len(thrown) == 5
        place = "folder_id" if thing == "files" else "parent_id"
        assert {item[place] for item in thrown} == {None}
