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

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.storage.conftest import Storage
    from tests.storage.parts import Parts

    Does = Callable[[], Awaitable[Any]]

AGE = "UPDATE storage.{} SET trashed_at = now() - interval '31 days' WHERE trashed_at IS NOT NULL"


def do_before(monkeypatch: pytest.MonkeyPatch, name: str, does: Does) -> list[str]:
    """Have something done by somebody else before each call of a function; notes the calls."""
    module, _, function = name.rpartition(".")
    original = getattr(__import__(module, fromlist=[function]), function)
    calls: list[str] = []

    async def call(*arguments: Any, **more: Any) -> Any:
        calls.append(function)
        await does()
        return await original(*arguments, **more)

    monkeypatch.setattr(name, call)
    return calls


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
