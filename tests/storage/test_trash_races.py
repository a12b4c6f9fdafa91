"""What is taken out of the trash, or out of a folder, in the moment in which it is deleted."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from services.storage.caller import Caller
from services.storage.files.access import get_file
from services.storage.files.change import Change, change_file
from services.storage.files.destination import Destination
from services.storage.folders.erase import erase_folders
from services.storage.trash.empty import purge_trash
from shared.geo import Place
from tests.storage.foldering import make
from tests.storage.racing import do_before
from tests.storage.sharing import share, somebody

if TYPE_CHECKING:
    from tests.storage.conftest import Person, Storage
    from tests.storage.parts import Parts

CHANGED = "UPDATE storage.folders SET revision = revision + 2 WHERE id = $1"
AGE = "UPDATE storage.{} SET trashed_at = now() - interval '31 days' WHERE trashed_at IS NOT NULL"


@pytest.mark.parametrize("by_time", [True, False])
@pytest.mark.parametrize("thing", ["files", "folders"])
async def test_what_is_taken_out_while_the_trash_is_emptied_stays(
    storage: Storage,
    parts: Parts,
    owner_pool: Any,
    monkeypatch: pytest.MonkeyPatch,
    *,
    by_time: bool,
    thing: str,
) -> None:
    person = storage.person()
    folder = await make(person, "x")
    inside = await person.upload("a", b"1", folder_id=folder)
    path = f"/{thing}/{inside['id'] if thing == 'files' else folder}"
    await person.call("POST", f"{path}/trash")
    gone = await person.upload("gone", b"1")
    await person.call("POST", f"/files/{gone['id']}/trash")
    for table in ("files", "folders"):
        await owner_pool.execute(AGE.format(table))

    async def restore() -> None:
        back = await person.call("POST", f"{path}/restore", json={})
        assert back["trashed_at"] is None

    what = {"files": "mark_deleted", "folders": "delete_folders"}[thing]
    calls = do_before(monkeypatch, f"services.storage.trash.empty.{what}", restore)
    if by_time:
        await purge_trash(parts.pool, parts.doorbell, 30)
    else:
        await person.call("DELETE", "/trash", 204)
    await erase_folders(parts.pool, parts.doorbell)
    assert calls
    file = await person.call("GET", f"/files/{inside['id']}")
    assert (file["folder"], file["trashed_at"]) == ("/x", None)
    await person.call("GET", f"/files/{gone['id']}", 404)
    deleted = (await person.call("GET", "/actions?limit=100"))["items"]
    assert [one["data"]["name"] for one in deleted if one["event"].endswith("DELETE")] == ["gone"]


async def test_what_was_thrown_away_again_has_its_days(
    storage: Storage, parts: Parts, owner_pool: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = storage.person()
    file = await person.upload("a", b"1")
    await person.call("POST", f"/files/{file['id']}/trash")
    await owner_pool.execute(AGE.format("files"))

    async def throw_away_again() -> None:
        await person.call("POST", f"/files/{file['id']}/restore", json={})
        await person.call("POST", f"/files/{file['id']}/trash")

    calls = do_before(monkeypatch, "services.storage.trash.empty.mark_deleted", throw_away_again)
    await purge_trash(parts.pool, parts.doorbell, 30)
    assert calls
    assert (await person.call("GET", f"/files/{file['id']}"))["trashed_at"]


async def test_what_is_moved_out_of_a_folder_that_is_erased_stays(
    storage: Storage, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = storage.person()
    folder = await make(person, "x")
    file = await person.upload("a", b"1", folder_id=folder)
    gone = await person.upload("gone", b"1", folder_id=folder)
    read = await get_file(parts.pool, person.id, UUID(file["id"]))
    await person.call("DELETE", f"/folders/{folder}", 204)

    async def move() -> None:
        """As a request does that read the file before its folder was deleted."""
        caller = Caller(person.id, ip_address("203.0.113.9"), Place(mode="drawn"))
        change = Change(destination=Destination(person.id, None, "/"))
        assert await change_file(parts.pool, caller, read, change)

    calls = do_before(monkeypatch, "services.storage.folders.erase.mark_deleted", move)
    await erase_folders(parts.pool, parts.doorbell)
    assert calls
    assert (await person.call("GET", f"/files/{file['id']}"))["folder"] == "/"
    await person.call("GET", f"/files/{gone['id']}", 404)


@pytest.mark.parametrize("where", ["trash.handlers", "batch.work"])
async def test_what_changes_while_it_is_taken_out_is_taken_out(
    storage: Storage, parts: Parts, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    person = storage.person()
    folder = await make(person, "x")
    file = await person.upload("a", b"1")
    second = await person.upload("a", b"22", complete=False)
    for path in (f"/files/{file['id']}", f"/folders/{folder}"):
        await person.call("POST", f"{path}/trash")

    async def store() -> None:
        stored = await person.call("POST", f"/uploads/{second['id']}/complete")
        assert (stored["id"], bool(stored["trashed_at"])) == (file["id"], True)

    async def change() -> None:
        """As whoever takes it out and throws it away again."""
        await parts.pool.execute(CHANGED, UUID(folder))

    of_file = do_before(monkeypatch, f"services.storage.{where}.restore_file", store)
    of_folder = do_before(monkeypatch, f"services.storage.{where}.restore_folder", change)
    if where == "batch.work":
        body = {"action": "restore", "files": [file["id"]], "folders": [folder]}
        answer = await person.call("POST", "/batch", json=body)
        assert (answer["done"], answer["failed"]) == ([file["id"], folder], [])
    else:
        await person.call("POST", f"/files/{file['id']}/restore", json={})
        await person.call("POST", f"/folders/{folder}/restore", json={})
    assert len(of_file) == len(of_folder) == 1
    shown = await person.call("GET", f"/files/{file['id']}")
    assert (shown["trashed_at"], shown["versions"]) == (None, 2)
    assert (await person.call("GET", f"/folders/{folder}"))["trashed_at"] is None


@pytest.mark.parametrize("change", ["trash", "delete"])
@pytest.mark.parametrize("thing", ["files", "folders"])
async def test_its_folder_goes_while_something_is_taken_out(
    storage: Storage, parts: Parts, monkeypatch: pytest.MonkeyPatch, change: str, thing: str
) -> None:
    """It goes to the top, where only its owner can take it."""
    owner, guest = somebody(storage), somebody(storage)
    shared = await make(owner, "shared")
    await share(owner, f"folders/{shared}", guest, "write")

    async def take_out(person: Person, name: str, status: int) -> tuple[str, dict[str, Any]]:
        folder = await make(owner, f"around {name}", shared)
        if thing == "files":
            path = f"/files/{(await owner.upload(name, b'1', folder_id=folder))['id']}"
        else:
            path = f"/folders/{await make(owner, name, folder)}"
        await owner.call("POST", f"{path}/trash")

        async def go() -> None:
            if change == "trash":
                await owner.call("POST", f"/folders/{folder}/trash")
            else:
                await owner.call("DELETE", f"/folders/{folder}", 204)

        with monkeypatch.context() as patched:
            calls = do_before(patched, "services.storage.trash.restore.put", go)
            told = await person.call("POST", f"{path}/restore", status, json={})
        assert calls
        await erase_folders(parts.pool, parts.doorbell)
        return path, told

    path, told = await take_out(owner, "a", 200)
    shown = await owner.call("GET", path)
    assert told["trashed_at"] is shown["trashed_at"] is None
    assert shown["folder" if thing == "files" else "path"] == ("/" if thing == "files" else "/a")
    path, told = await take_out(guest, "b", 409 if change == "trash" else 404)
    wanted = {"trash": "FOLDER_TRASHED", "delete": f"{thing[:-1].upper()}_NOT_FOUND"}
    assert told["code"] == wanted[change]
    assert (await owner.call("GET", path))["trashed_at"]


async def test_a_file_is_thrown_away_while_it_is_renamed(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only who named a revision is told of one."""
    person = storage.person()
    path = f"/files/{(await person.upload('a', b'1'))['id']}"
    refusals = []
    for headers, status in (({}, 409), ({"If-Match": "*"}, 412)):

        async def throw_away() -> None:
            await person.call("POST", f"{path}/trash")

        with monkeypatch.context() as patched:
            do_before(patched, "services.storage.files.handlers.change_file", throw_away)
            told = await person.call("PATCH", path, status, headers=headers, json={"name": "b"})
        refusals.append(told["code"])
        assert (await person.call("POST", f"{path}/restore", json={}))["name"] == "a"
    assert refusals == ["FILE_TRASHED", "PRECONDITION_FAILED"]
