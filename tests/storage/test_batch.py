"""Batches: one action on many, with a reason for each that it failed for."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from tests.storage.conftest import make_token
from tests.storage.foldering import make, paths
from tests.storage.racing import do_before
from tests.world.places import BOSTON

if TYPE_CHECKING:
    from tests.storage.conftest import Person, Storage


async def run(person: Person, action: str, status: int = 200, **more: Any) -> dict[str, Any]:
    return await person.call("POST", "/batch", status, json={"action": action, **more})


def failures(answer: dict[str, Any]) -> dict[str, str]:
    return {one["id"]: one["code"] for one in answer["failed"]}


async def test_many_are_thrown_away_taken_back_and_deleted(storage: Storage) -> None:
    person, other = storage.person(BOSTON), storage.person(BOSTON)
    files = [(await person.upload(name, b"1"))["id"] for name in "abc"]
    folder = await make(person, "x")
    inside = (await person.upload("d", b"1", folder="/x"))["id"]
    foreign, nobody = (await other.upload("a", b"1"))["id"], str(uuid.uuid4())
    chosen: dict[str, Any] = {"files": [*files, foreign, nobody], "folders": [folder, nobody]}
    missing = {foreign: "FILE_NOT_FOUND", nobody: "FOLDER_NOT_FOUND"}
    for action in ("trash", "restore", "delete"):
        answer = await run(person, action, **chosen)
        assert answer["done"] == [*files, folder]
        assert failures(answer) == missing
        left = {file["id"] for file in (await person.call("GET", "/files"))["items"]}
        assert left == ({*files, inside} if action == "restore" else set())
    await person.call("GET", f"/files/{inside}", 404)
    assert await paths(person) == []
    assert len((await other.call("GET", "/files"))["items"]) == 1


async def test_many_are_moved_as_far_as_their_names_are_free(storage: Storage) -> None:
    person = storage.person(BOSTON)
    into = await make(person, "into")
    await make(person, "folder", into)
    await person.upload("taken", b"1", folder="/into")
    free = (await person.upload("free", b"1"))["id"]
    taken = (await person.upload("taken", b"1"))["id"]
    again = (await person.upload("free", b"1", folder="/elsewhere"))["id"]
    named = (await person.upload("folder", b"1"))["id"]
    trashed = (await person.upload("trashed", b"1"))["id"]
    await person.call("POST", f"/files/{trashed}/trash")
    side = await make(person, "side")
    answer = await run(
        person,
        "move",
        files=[free, taken, again, named, trashed],
        folders=[side, into],
        folder_id=into,
    )
    assert answer["done"] == [free, side]
    assert failures(answer) == {
        taken: "FILE_EXISTS",
        again: "FILE_EXISTS",
        named: "FOLDER_EXISTS",
        trashed: "FILE_TRASHED",
        into: "FOLDER_IN_ITSELF",
    }
    assert (await person.call("GET", f"/files/{free}"))["folder"] == "/into"
    assert await paths(person, into) == ["/into/folder", "/into/side"]
    answer = await run(person, "move", files=[free], folder_id=None)
    assert (answer["done"], answer["failed"]) == ([free], [])
    assert (await person.call("GET", f"/files/{free}"))["folder"] == "/"
    await run(person, "move", 404, files=[free], folder_id=str(uuid.uuid4()))


@pytest.mark.parametrize(
    ("action", "before"),
    [
        ("move", "move.move_files"),
        ("trash", "work.trash_files"),
        ("delete", "work.mark_deleted"),
    ],
)
async def test_what_is_gone_meanwhile_is_not_told_to_be_done(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, action: str, before: str
) -> None:
    person = storage.person(BOSTON)
    into, folder = await make(person, "into"), await make(person, "x")
    stays, deleted, trashed = [(await person.upload(name, b"1"))["id"] for name in "abc"]

    async def go() -> None:
        await person.call("DELETE", f"/files/{deleted}", 204)
        await person.call("POST", f"/files/{trashed}/trash")
        await person.call("DELETE", f"/folders/{folder}", 204)

    calls = do_before(monkeypatch, f"services.storage.batch.{before}", go)
    more: dict[str, Any] = {"folder_id": into} if action == "move" else {}
    files = [stays, deleted, trashed]
    answer = await run(person, action, files=files, folders=[folder], **more)
    assert calls
    gone = {deleted: "FILE_NOT_FOUND", folder: "FOLDER_NOT_FOUND"}
    in_trash = {trashed: "FILE_TRASHED"} if action == "move" else {}
    assert failures(answer) == gone | in_trash
    assert answer["done"] == [one for one in files if one not in failures(answer)]


async def test_a_thousand_are_done_at_once_and_no_more(storage: Storage, owner_pool: Any) -> None:
    person = storage.person(BOSTON)
    file = await person.upload("a", b"1")
    many = [file["id"], *(str(uuid.uuid4()) for _ in range(999))]
    answer = await run(person, "trash", files=many)
    assert (answer["done"], len(answer["failed"])) == ([file["id"]], 999)
    assert (await run(person, "trash", 422, files=many, folders=[many[0]]))["errors"]


@pytest.mark.parametrize(
    "body",
    [
        {"action": "burn"},
        {"action": "move", "files": []},
        {"action": "trash", "folder_id": None},
        {"action": "trash", "files": ["x"]},
    ],
)
async def test_bad_batches_are_refused(storage: Storage, body: dict[str, Any]) -> None:
    assert (await storage.person().call("POST", "/batch", 422, json=body))["errors"]


@pytest.mark.parametrize(
    ("scope", "may"),
    [("files.change", {"move", "restore"}), ("files.delete", {"trash", "delete"})],
)
async def test_each_action_takes_its_permission(
    storage: Storage, scope: str, may: set[str]
) -> None:
    person = storage.person()
    person.token = make_token(person.id, person.session_id, scope=scope)
    for action in ("move", "restore", "trash", "delete"):
        more = {"folder_id": None} if action == "move" else {}
        await run(person, action, 200 if action in may else 403, **more)
