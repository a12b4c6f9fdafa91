"""Named people: what is shared with them they may read, or write to, until it is not any more."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from services.storage.accounts.erasures import note_event
from shared.account_events import AccountEvent
from shared.db import connect
from shared.errors import MeridianError
from tests.storage.conftest import Person, Storage
from tests.storage.foldering import make
from tests.storage.sharing import share, somebody, unshare

if TYPE_CHECKING:
    from tests.storage.parts import Parts

CODE = "code"


@pytest.fixture
def owner(storage: Storage) -> Person:
    return somebody(storage)


@pytest.fixture
def other(storage: Storage) -> Person:
    return somebody(storage)


async def download(person: Person, file_id: str, status: int = 200) -> bytes:
    link = await person.call("GET", f"/files/{file_id}/download", status)
    if status != 200:
        return b""
    async with aiohttp.ClientSession() as session, session.get(link["url"]) as answer:
        return await answer.read()


async def names(person: Person, folder_id: str, more: str = "") -> list[tuple[str, str, str]]:
    page = await person.call("GET", f"/files?folder_id={folder_id}&sort=name&order=asc{more}")
    return [(item["name"], item["folder"], item["access"]) for item in page["items"]]


async def history(person: Person, event: str) -> list[dict[str, Any]]:
    return list((await person.call("GET", f"/actions?event={event}"))["items"])


async def test_a_file_is_shared_read_and_not_any_more(owner: Person, other: Person) -> None:
    folder = await make(owner, "papers")
    file = await owner.upload("a.txt", b"for you", folder_id=folder)
    path = f"/files/{file['id']}"
    await other.call("GET", path, 404)
    await share(owner, path[1:], other)
    seen = await other.call("GET", path)
    assert (seen["access"], seen["folder"], seen["folder_id"]) == ("read", "/", None)
    assert await download(other, file["id"]) == b"for you"
    (listed,) = (await other.call("GET", "/shared-with-me"))["items"]
    assert listed == listed | {"kind": "file", "id": file["id"], "name": "a.txt", "size": 7}
    assert listed == listed | {"owner_id": str(owner.id), "access": "read"}
    assert (await other.call("GET", "/files"))["items"] == []
    await unshare(owner, path[1:], other)
    await other.call("GET", path, 404)
    await download(other, file["id"], 404)
    assert (await other.call("GET", "/shared-with-me"))["items"] == []
    done = [(await history(owner, f"GRANT.{what}"))[0] for what in ("CREATE", "DELETE")]
    for line in done:
        assert (line["object_id"], line["user_id"]) == (file["id"], str(owner.id))
        assert line["ip"] == "127.0.0.1"
        assert line["place"] is not None
        assert line["data"] == {"name": "a.txt", "user_id": str(other.id), "access": "read"}
    taken = (await history(owner, "FILE.DOWNLOAD"))[0]
    assert (taken["user_id"], taken["object_id"]) == (str(other.id), file["id"])


async def test_a_folder_counts_for_all_that_is_below_it(owner: Person, other: Person) -> None:
    above = await make(owner, "private")
    folder = await make(owner, "shared", above)
    inner = await make(owner, "inner", folder)
    early = await owner.upload("early", b"1", folder_id=inner)
    await share(owner, f"folders/{folder}", other)
    late = await owner.upload("late", b"2", folder_id=inner)
    outside = await owner.upload("outside", b"3", folder_id=above)
    shown = await other.call("GET", f"/folders/{folder}")
    assert (shown["path"], shown["parent_id"], shown["access"]) == ("/shared", None, "read")
    (shown,) = (await other.call("GET", f"/folders?parent_id={folder}"))["items"]
    assert (shown["path"], shown["parent_id"]) == ("/shared/inner", folder)
    files = [("early", "/shared/inner", "read"), ("late", "/shared/inner", "read")]
    assert await names(other, inner) == files
    assert await names(other, folder, "&deep=true") == files
    assert (await other.call("GET", f"/files/{late['id']}"))["folder"] == "/shared/inner"
    await other.call("GET", f"/folders/{above}", 404)
    await other.call("GET", f"/files?folder_id={above}", 404)
    await download(other, outside["id"], 404)
    await owner.call("PATCH", f"/files/{outside['id']}", json={"folder_id": inner})
    await owner.call("PATCH", f"/files/{early['id']}", json={"folder_id": above})
    assert await download(other, outside["id"]) == b"3"
    await download(other, early["id"], 404)
    await owner.call("PATCH", f"/folders/{inner}", json={"parent_id": above})
    await download(other, late["id"], 404)
    await other.call("GET", f"/folders/{inner}", 404)
    await owner.call("PATCH", f"/folders/{above}", json={"name": "renamed"})
    assert (await other.call("GET", f"/folders/{folder}"))["path"] == "/shared"


async def test_what_a_reader_may_not_do(owner: Person, other: Person) -> None:
    folder = await make(owner, "shared")
    file = await owner.upload("a", b"1", folder_id=folder)
    await owner.upload("a", b"22", folder_id=folder)
    await share(owner, f"folders/{folder}", other)
    refused = [
        ("PATCH", f"/files/{file['id']}", {"name": "b"}),
        ("POST", f"/files/{file['id']}/trash", None),
        ("POST", f"/files/{file['id']}/restore", {}),
        ("DELETE", f"/files/{file['id']}", None),
        ("POST", f"/files/{file['id']}/versions/1/restore", None),
        ("DELETE", f"/files/{file['id']}/versions/1", None),
        ("PUT", f"/files/{file['id']}/grants/{uuid.uuid4()}", {"access": "read"}),
        ("GET", f"/files/{file['id']}/grants", None),
        ("POST", f"/files/{file['id']}/links", {}),
        ("PATCH", f"/folders/{folder}", {"name": "b"}),
        ("POST", f"/folders/{folder}/trash", None),
        ("DELETE", f"/folders/{folder}", None),
        ("PUT", f"/folders/{folder}/grants/{uuid.uuid4()}", {"access": "read"}),
        ("POST", f"/folders/{folder}/links", {}),
        ("POST", "/folders", {"name": "new", "parent_id": folder}),
        ("POST", "/uploads", {"name": "new", "size": 1, "folder_id": folder}),
    ]
    for method, path, body in refused:
        answer = await other.call(method, path, 403, json=body)
        assert answer[CODE] == "PERMISSION_DENIED", path
    for action in ("trash", "move", "delete"):
        many: dict[str, Any] = {"action": action, "files": [file["id"]], "folders": [folder]}
        if action == "move":
            many |= {"folder_id": None}
        answer = await other.call("POST", "/batch", json=many)
        assert answer["done"] == []
        assert {one[CODE] for one in answer["failed"]} == {"PERMISSION_DENIED"}
    assert [item["number"] for item in (await versions(other, file["id"]))] == [2, 1]
    await other.call("GET", f"/files/{file['id']}/download?version=1")
    await other.call("GET", f"/files/{file['id']}/replicas")
    await other.call("POST", f"/files/{file['id']}/download-ticket", json={})
    await other.call("GET", f"/route?file_id={file['id']}")
    assert await names(owner, folder) == [("a", "/shared", "owner")]


async def versions(person: Person, file_id: str) -> list[dict[str, Any]]:
    return list((await person.call("GET", f"/files/{file_id}/versions"))["items"])


async def test_a_writer_works_in_the_folder(owner: Person, other: Person) -> None:
    folder = await make(owner, "team")
    inner = await make(owner, "inner", folder)
    await share(owner, f"folders/{folder}", other, "write")
    made = await other.call("POST", "/folders", 201, json={"name": "new", "parent_id": inner})
    assert (made["path"], made["access"]) == ("/team/inner/new", "write")
    file = await other.upload("a", b"1", folder_id=made["id"])
    assert (file["folder"], file["access"]) == ("/team/inner/new", "write")
    again = await other.upload("a", b"22", folder_id=made["id"])
    assert (again["id"], again["version"]) == (file["id"], 2)
    path = f"/files/{file['id']}"
    moved = await other.call("PATCH", path, json={"name": "b", "folder_id": folder})
    assert (moved["name"], moved["folder"]) == ("b", "/team")
    await other.call("POST", f"{path}/versions/1/restore")
    assert (await other.call("POST", f"{path}/trash"))["trashed_at"]
    assert (await other.call("POST", f"{path}/restore", json={}))["trashed_at"] is None
    await other.call("PATCH", f"/folders/{made['id']}", json={"parent_id": folder, "name": "old"})
    theirs = await owner.call("GET", path)
    assert (theirs["folder"], theirs["access"], theirs["version"]) == ("/team", "owner", 3)
    assert (await owner.call("GET", "/usage"))["files"] == 1
    assert (await other.call("GET", "/usage"))["files"] == 0
    for event in ("FILE.UPLOAD", "FILE.MOVE", "FILE.TRASH", "FOLDER.CREATE", "VERSION.RESTORE"):
        assert (await history(owner, event))[0]["user_id"] == str(other.id), event
    assert (await history(owner, "FILE.MOVE"))[0]["data"]["folder"] == "/team"


async def test_a_writer_of_one_file_writes_over_it(owner: Person, other: Person) -> None:
    folder = await make(owner, "papers")
    file = await owner.upload("plan.txt", b"1", folder_id=folder)
    beside = await owner.upload("beside", b"1", folder_id=folder)
    path = f"files/{file['id']}"
    await share(owner, path, other)
    wanted = {"name": "from my disk.txt", "size": 3, "file_id": file["id"]}
    await other.call("POST", "/uploads", 403, json=wanted)
    await share(owner, path, other, "write")
    again = await other.upload("from my disk.txt", b"new", file_id=file["id"])
    assert (again["id"], again["name"], again["version"]) == (file["id"], "plan.txt", 2)
    await other.call("PATCH", f"/{path}", json={"name": "renamed.txt"})
    third = await other.upload("x", b"third", file_id=file["id"])
    assert (third["name"], third["folder"], third["version"]) == ("renamed.txt", "/", 3)
    assert await download(owner, file["id"]) == b"third"
    assert await names(owner, folder) == [
        ("beside", "/papers", "owner"),
        ("renamed.txt", "/papers", "owner"),
    ]
    assert (await history(owner, "FILE.UPLOAD"))[0]["user_id"] == str(other.id)
    used = [(await person.call("GET", "/usage"))["files"] for person in (owner, other)]
    assert used == [2, 0]
    for extra in ({"folder_id": folder}, {"folder": "/x"}, {"on_conflict": "rename"}):
        refused = await other.call("POST", "/uploads", 422, json=wanted | extra)
        assert "file_id" in refused["errors"]
    await other.call("POST", "/uploads", 404, json=wanted | {"file_id": beside["id"]})
    started = await other.upload("x", b"late", file_id=file["id"], complete=False)
    await owner.call("POST", f"/{path}/trash")
    await other.call("POST", "/uploads", 409, json=wanted)
    await owner.call("POST", f"/{path}/restore", json={})
    await unshare(owner, path, other)
    await other.call("POST", "/uploads", 404, json=wanted)
    await other.call("POST", f"/uploads/{started['id']}/complete", 404)
    assert await download(owner, file["id"]) == b"third"


async def test_a_file_renamed_while_it_is_written_over_makes_no_other(
    owner: Person, other: Person
) -> None:
    folder = await make(owner, "papers")
    file = await owner.upload("a0", b"1", folder_id=folder)
    await share(owner, f"files/{file['id']}", other, "write")
    wanted = {"name": "a", "size": 1, "file_id": file["id"]}

    async def write() -> None:
        url = "/storage/api/v1/uploads"
        headers = {"Authorization": f"Bearer {other.token}"}
        async with other.client.post(url, json=wanted, headers=headers) as answer:
            assert answer.status in {201, 404}, await answer.text()

    async def rename() -> None:
        for number in range(1, 20):
            await owner.call("PATCH", f"/files/{file['id']}", json={"name": f"a{number}"})

    await asyncio.gather(rename(), *(write() for _ in range(20)))
    assert [name for name, _, _ in await names(owner, folder)] == ["a19"]


async def test_a_writer_carries_nothing_out(owner: Person, other: Person) -> None:
    above = await make(owner, "above")
    folder, second = await make(owner, "one", above), await make(owner, "two")
    mine = await make(other, "mine")
    inner = await make(owner, "inner", folder)
    file = await owner.upload("a", b"1", folder_id=inner)
    own = await other.upload("own", b"1")
    for shared in (folder, second):
        await share(owner, f"folders/{shared}", other, "write")
    for target in (
        {"folder_id": second},
        {"folder_id": mine},
        {"folder_id": None},
        {"folder": "/x"},
    ):
        answer = await other.call("PATCH", f"/files/{file['id']}", 403, json=target)
        assert answer[CODE] == "PERMISSION_DENIED"
    for parent in (second, mine, None):
        body = {"parent_id": parent}
        await other.call("PATCH", f"/folders/{inner}", 403, json=body)
        await other.call("PATCH", f"/folders/{folder}", 403, json=body)
    await other.call("PATCH", f"/files/{own['id']}", 403, json={"folder_id": folder})
    await other.call("PATCH", f"/folders/{mine}", 403, json={"parent_id": folder})
    await other.call("PATCH", f"/files/{file['id']}", 404, json={"folder_id": above})
    assert (await owner.call("GET", f"/files/{file['id']}"))["folder"] == "/above/one/inner"
    assert not [one for one in (await owner.call("GET", "/folders"))["items"] if one["name"] == "x"]
    many = {"action": "move", "files": [file["id"], own["id"]], "folders": [inner]}
    answer = await other.call("POST", "/batch", json=many | {"folder_id": second})
    assert {one["id"] for one in answer["failed"]} == {file["id"], own["id"], inner}
    answer = await other.call("POST", "/batch", json=many | {"folder_id": folder})
    assert set(answer["done"]) == {file["id"], inner}
    await other.call("DELETE", f"/files/{file['id']}", 403)
    await other.call("DELETE", f"/folders/{inner}", 403)


async def test_many_things_of_others_are_trashed_and_restored(owner: Person, other: Person) -> None:
    folder = await make(owner, "team")
    inner = await make(owner, "inner", folder)
    files = [(await owner.upload(name, b"1", folder_id=folder))["id"] for name in "abc"]
    own = (await other.upload("own", b"1"))["id"]
    stranger = (await owner.upload("other", b"1"))["id"]
    await share(owner, f"folders/{folder}", other, "write")
    body = {"files": [*files, own, stranger], "folders": [inner]}
    for action in ("trash", "restore"):
        answer = await other.call("POST", "/batch", json=body | {"action": action})
        assert set(answer["done"]) == {*files, own, inner}
        assert answer["failed"] == [{"id": stranger, CODE: "FILE_NOT_FOUND"}]
    assert len(await names(owner, folder)) == 3
    answer = await other.call("POST", "/batch", json=body | {"action": "delete"})
    assert answer["done"] == [own]
    lines = await history(owner, "FILE.TRASH")
    assert {line["user_id"] for line in lines} == {str(other.id)}
    await owner.call("POST", f"/folders/{folder}/trash")
    await other.call("POST", f"/files/{files[0]}/restore", 409, json={})


async def test_more_may_be_granted_below(owner: Person, other: Person) -> None:
    folder = await make(owner, "read")
    inner = await make(owner, "write", folder)
    deep = await make(owner, "deep", inner)
    kept = await owner.upload("kept", b"1", folder_id=folder)
    file = await owner.upload("free", b"1", folder_id=folder)
    lower = await owner.upload("lower", b"1", folder_id=deep)
    await share(owner, f"folders/{folder}", other)
    await share(owner, f"folders/{inner}", other, "write")
    await share(owner, f"files/{file['id']}", other, "write")
    assert await names(other, folder, "&deep=true") == [
        ("free", "/read", "write"),
        ("kept", "/read", "read"),
        ("lower", "/read/write/deep", "write"),
    ]
    (shown,) = (await other.call("GET", f"/folders?parent_id={folder}"))["items"]
    assert (shown["access"], shown["path"]) == ("write", "/read/write")
    await other.call("PATCH", f"/files/{file['id']}", json={"name": "freer"})
    await other.call("PATCH", f"/files/{kept['id']}", 403, json={"name": "b"})
    await other.call("PATCH", f"/files/{file['id']}", 403, json={"folder_id": inner})
    await other.call("PATCH", f"/files/{lower['id']}", json={"folder_id": inner})
    await other.call("PATCH", f"/files/{lower['id']}", 403, json={"folder_id": folder})


async def test_grants_are_listed_changed_and_given_back(owner: Person, other: Person) -> None:
    folder = await make(owner, "shared")
    file = await owner.upload("a", b"1", folder_id=folder)
    path = f"files/{file['id']}"
    await share(owner, f"folders/{folder}", other)
    await share(owner, path, other)
    await share(owner, path, other, "write")
    await share(owner, path, other, "write")
    listed = (await owner.call("GET", f"/{path}/grants"))["items"]
    above = {"id": folder, "name": "shared"}
    told = [(one["access"], one["inherited_from"]) for one in listed]
    assert told == [("write", None), ("read", above)]
    everything = (await owner.call("GET", "/grants"))["items"]
    assert [one["target"]["name"] for one in everything] == ["a", "shared"]
    assert len(await history(owner, "GRANT.CHANGE")) == 1
    assert (await other.call("GET", f"/{path}/grants/{other.id}"))["access"] == "write"
    await owner.call("GET", f"/{path}/grants/{uuid.uuid4()}", 404)
    answer = await owner.call("PUT", f"/{path}/grants/{owner.id}", 422, json={"access": "read"})
    assert "user_id" in answer["errors"]
    await unshare(other, path, other)
    assert (await other.call("GET", f"/{path}"))["access"] == "read"
    await unshare(other, f"folders/{folder}", other)
    await other.call("GET", f"/{path}", 404)
    await owner.call("DELETE", f"/{path}/grants/{other.id}", 404)


async def test_what_is_in_the_trash_is_not_shared_meanwhile(owner: Person, other: Person) -> None:
    folder = await make(owner, "shared")
    file = await owner.upload("a", b"1", folder_id=folder)
    await share(owner, f"folders/{folder}", other)
    await share(owner, f"files/{file['id']}", other)
    await owner.call("POST", f"/folders/{folder}/trash")
    assert (await other.call("GET", "/shared-with-me"))["items"] == []
    await download(other, file["id"], 409)
    await owner.call(
        "PUT", f"/folders/{folder}/grants/{uuid.uuid4()}", 409, json={"access": "read"}
    )
    await owner.call("POST", f"/folders/{folder}/restore", json={})
    assert len((await other.call("GET", "/shared-with-me?limit=1"))["items"]) == 1
    await owner.call("DELETE", f"/folders/{folder}", 204)
    await other.call("GET", f"/folders/{folder}", 404)
    assert (await other.call("GET", "/shared-with-me"))["items"] == []


async def test_pages_of_what_is_shared(owner: Person, other: Person) -> None:
    for number in range(5):
        folder = await make(owner, f"f{number}")
        await share(owner, f"folders/{folder}", other, "write" if number % 2 else "read")
    found: list[tuple[str, str]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await other.call("GET", f"/shared-with-me?limit=2{cursor}")
        found += [(item["name"], item["access"]) for item in page["items"]]
        cursor = page["next"] and f"&cursor={page['next']}"
    assert [name for name, _ in found] == ["f4", "f3", "f2", "f1", "f0"]
    assert {access for _, access in found} == {"read", "write"}


async def test_access_sleeps_while_the_owner_is_off(
    storage: Storage, owner: Person, other: Person
) -> None:
    file = await owner.upload("a", b"1")
    await share(owner, f"files/{file['id']}", other, "write")
    pool = await connect(storage.database.storage)
    await note_event(pool, AccountEvent(owner.id, 5, None, is_switched_off=True))
    await download(other, file["id"], 404)
    await other.call("PATCH", f"/files/{file['id']}", 404, json={"name": "b"})
    assert (await other.call("GET", "/shared-with-me"))["items"] == []
    await note_event(pool, AccountEvent(owner.id, 6, None))
    assert await download(other, file["id"]) == b"1"
    await pool.close()


@pytest.mark.parametrize("ended", ["unshare", "reader", "moved"])
async def test_an_upload_under_way_ends_with_the_access(
    storage: Storage, parts: Parts, owner: Person, other: Person, ended: str
) -> None:
    folder = await make(owner, "shared")
    await share(owner, f"folders/{folder}", other, "write")
    first = await other.upload("a", b"1", folder_id=folder)
    wanted = {"name": "a", "size": 10, "parts": True, "folder_id": folder}
    in_parts = await other.call("POST", "/uploads", 201, json=wanted)
    whole = await other.upload("b", b"22", folder_id=folder, complete=False)
    (listed, _) = (await other.call("GET", "/uploads"))["items"]
    assert listed["folder"] == "/shared"
    if ended == "unshare":
        await unshare(owner, f"folders/{folder}", other)
    elif ended == "reader":
        await share(owner, f"folders/{folder}", other, "read")
    else:
        for file in (first, whole["file"]):
            await owner.call("PATCH", f"/files/{file['id']}", json={"folder_id": None})
    for upload in (in_parts, whole):
        path = f"/uploads/{upload['id']}"
        await other.call("GET", path, 404)
        await other.call("POST", f"{path}/parts", 404, json={"numbers": [1]})
        await other.call("POST", f"{path}/complete", 404)
        await other.call("DELETE", path, 404)
    assert (await other.call("GET", "/uploads"))["items"] == []
    with suppress(MeridianError):
        await parts.store(whole)
    assert (await parts.upload_of(whole)).state == "GONE"
    if ended != "moved":
        assert (await parts.upload_of(in_parts)).state == "GONE"
    assert (await owner.call("GET", f"/files/{first['id']}"))["size"] == 1
    await owner.call("GET", f"/files/{whole['file']['id']}", 404)


async def test_a_ticket_ends_with_the_access(owner: Person, other: Person) -> None:
    file = await owner.upload("a", b"1")
    await share(owner, f"files/{file['id']}", other)
    ticket = await other.call("POST", f"/files/{file['id']}/download-ticket", json={})
    await unshare(owner, f"files/{file['id']}", other)
    path = ticket["url"].partition("/storage/api/v1")[2]
    async with other.client.get(f"/storage/api/v1{path}", allow_redirects=False) as answer:
        assert answer.status == 404


async def test_the_room_is_the_owner_s(owner_pool: Any, owner: Person, other: Person) -> None:
    folder = await make(owner, "shared")
    await share(owner, f"folders/{folder}", other, "write")
    await owner_pool.execute(
        "INSERT INTO storage.quotas (owner_id, max_bytes) VALUES ($1, 3)", owner.id
    )
    await other.upload("a", b"123", folder_id=folder)
    wanted = {"name": "b", "size": 1, "folder_id": folder}
    answer = await other.call("POST", "/uploads", 413, json=wanted)
    assert answer[CODE] == "QUOTA_EXCEEDED"
    assert not answer.keys() & {"used_bytes", "max_bytes", "left_bytes"}
