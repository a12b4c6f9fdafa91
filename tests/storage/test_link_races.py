"""Links and file requests while their limits are reached, and while their targets change."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from tests.storage.conftest import Person, Storage, make_token
from tests.storage.foldering import make
from tests.storage.guests import Guest
from tests.storage.sending import put_parts
from tests.storage.sharing import RIGHTS

if TYPE_CHECKING:
    from tests.conftest import Tell

MEBIBYTE = 1024 * 1024
AT_ONCE = 30
# What a link leads to after the change.
NOW = {"rename": b"first", "move": b"first", "replace": b"the second"}


@pytest.fixture
def owner(storage: Storage) -> Person:
    person = storage.person()
    scope = f"{RIGHTS} drops.create"
    person.token = make_token(person.id, person.session_id, scope=scope)
    return person


@pytest.fixture
def guest(storage: Storage) -> Guest:
    return Guest(storage.client, storage.document)


async def link_to(owner: Person, path: str, **terms: Any) -> str:
    """Make a link to `files/ID` or `folders/ID`; its address."""
    link = await owner.call("POST", f"/{path}/links", 201, json=terms)
    return f"/s/{link['url'].rpartition('/')[2]}"


async def break_off(url: str, count: int) -> bytes:
    """Begin a download that breaks off after so many bytes."""
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return await answer.content.readexactly(count)


async def read_rest(url: str, start: int, size: int) -> bytes:
    """Go on with a download; some servers give a range the status of a whole."""
    headers = {"Range": f"bytes={start}-"}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return (await answer.read())[start - size :]


async def test_downloads_go_on_when_the_last_was_taken(
    owner: Person, guest: Guest, tell: Tell
) -> None:
    content = bytes(range(256)) * 4096
    file = await owner.upload("a", content)
    address = await link_to(owner, f"files/{file['id']}", max_downloads=10)
    opened = await asyncio.gather(
        *(guest.call("POST", f"{address}/open", json={}) for _ in range(10))
    )
    begun = await asyncio.gather(*(break_off(one["url"], 1000) for one in opened))
    late = [await guest.status("POST", f"{address}/open", json={}) for _ in range(5)]
    assert late == [410] * 5

    async def go_on(answer: dict[str, Any]) -> bytes:
        shown = {"X-Link-Pass": answer["pass"]}
        again = await guest.call("POST", f"{address}/open", json={}, headers=shown)
        return await read_rest(again["url"], 1000, len(content))

    rest = await asyncio.gather(*(go_on(answer) for answer in opened))
    whole = sum(first + last == content for first, last in zip(begun, rest, strict=True))
    (listed,) = (await owner.call("GET", "/links"))["items"]
    tell(limit=10, under_way=10, refused=len(late), went_on=whole, counted=listed["downloads"])
    assert (whole, listed["downloads"]) == (10, 10)


async def test_a_request_gets_full_while_three_send(
    owner: Person, guest: Guest, tell: Tell
) -> None:
    folder_id = await make(owner, "in")
    body = {"folder_id": folder_id, "title": "Three", "max_files": 3}
    drop = await owner.call("POST", "/drops", 201, json=body)
    address = f"/d/{drop['url'].rpartition('/')[2]}"
    content = bytes(5 * MEBIBYTE) + b"the end"
    wanted = {"name": "scan", "size": len(content), "parts": True}
    sent = await asyncio.gather(
        *(guest.call("POST", f"{address}/uploads", 201, json=wanted) for _ in range(3))
    )
    assert await guest.status("POST", f"{address}/uploads", json=wanted) == 409

    async def finish(started: dict[str, Any]) -> None:
        path = f"{address}/uploads/{started['id']}"
        numbers = [part["number"] for part in started["parts"]]
        signed = await guest.call("POST", f"{path}/parts", json={"numbers": numbers})
        await put_parts(started, content, signed["parts"])
        await guest.call("POST", f"{path}/complete", json={})

    await asyncio.gather(*(finish(started) for started in sent))
    assert await guest.status("POST", f"{address}/uploads", json=wanted) == 409
    (listed,) = (await owner.call("GET", "/drops"))["items"]
    stored = (await owner.call("GET", f"/files?folder_id={folder_id}"))["items"]
    tell(limit=3, sending=3, refused=2, stored=len(stored), counted=listed["files"])
    assert (len(stored), listed["files"], listed["bytes"]) == (3, 3, 3 * len(content))


@pytest.mark.parametrize("by", ["file", "folder"])
async def test_the_target_changes_while_it_is_opened(owner: Person, guest: Guest, by: str) -> None:
    folder, other = await make(owner, "shared"), await make(owner, "other")
    for change in ("rename", "move", "replace", "trash", "delete"):
        file = await owner.upload(change, b"first", folder_id=folder)
        if by == "file":
            path = await link_to(owner, f"files/{file['id']}")
        else:
            path = f"{await link_to(owner, f'folders/{folder}')}/files/{file['id']}"
        opened = [open_later(guest, path, number / 1000) for number in range(AT_ONCE)]
        changing = change_it(owner, file, folder, other, change)
        told = Counter((await asyncio.gather(changing, *opened))[1:])
        is_gone = change in {"trash", "delete"} or (by, change) == ("folder", "move")
        refusal = "LINK_NOT_FOUND" if by == "file" else "FILE_NOT_FOUND"
        assert told.keys() <= {b"first", b"the second" if change == "replace" else refusal}
        assert refusal not in told or is_gone
        assert await open_later(guest, path, 0) == {True: refusal, False: NOW.get(change)}[is_gone]
        if change == "trash":
            await owner.call("POST", f"/files/{file['id']}/restore", json={})
            assert await open_later(guest, path, 0) == b"first"


async def open_later(guest: Guest, path: str, seconds: float) -> bytes | str:
    """Open a link after a while; the bytes that it leads to, or the code of the refusal."""
    await asyncio.sleep(seconds)
    url, headers = f"/storage/api/v1{path}/open", {"X-Fake-IP": "100.3.0.1"}
    async with guest.client.post(url, json={}, headers=headers) as answer:
        told = await answer.json()
    if answer.status != 200:
        return str(told["code"])
    async with aiohttp.ClientSession() as session, session.get(told["url"]) as answer:
        content = await answer.read()
    # What was deleted for ever is erased, although its URL lives a little longer.
    assert answer.status == 404 or len(content) == told["size"]
    return content if answer.status == 200 else b"first"


async def change_it(
    owner: Person, file: dict[str, Any], folder: str, other: str, change: str
) -> None:
    """Do something to a file of that folder."""
    await asyncio.sleep(0.02)
    path = f"/files/{file['id']}"
    if change == "rename":
        await owner.call("PATCH", path, json={"name": "renamed"})
    elif change == "move":
        await owner.call("PATCH", path, json={"folder_id": other})
    elif change == "replace":
        await owner.upload(change, b"the second", folder_id=folder)
    elif change == "trash":
        await owner.call("POST", f"{path}/trash")
    else:
        await owner.call("DELETE", path, 204)


async def test_a_pinned_version_that_is_deleted_ends_its_links(owner: Person, guest: Guest) -> None:
    file = await owner.upload("a", b"first")
    await owner.upload("a", b"second")
    pinned = await link_to(owner, f"files/{file['id']}", version=1)
    current = await link_to(owner, f"files/{file['id']}")
    await guest.call("POST", f"{pinned}/open", json={})
    await owner.call("DELETE", f"/files/{file['id']}/versions/1", 204)
    for method, path in (
        ("GET", pinned),
        ("POST", f"{pinned}/open"),
        ("GET", f"{pinned}/download"),
    ):
        body: dict[str, Any] = {"json": {}} if method == "POST" else {}
        assert (await guest.call(method, path, 404, **body))["code"] == "LINK_NOT_FOUND"
    await guest.call("POST", f"{current}/open", json={})


async def test_what_is_in_the_trash_is_not_seen_in_a_shared_folder(
    owner: Person, guest: Guest
) -> None:
    folder = await make(owner, "shared")
    inner = await make(owner, "inner", folder)
    kept, gone, below = [
        await owner.upload(name, b"1", folder_id=place)
        for name, place in (("kept", folder), ("gone", folder), ("below", inner))
    ]
    address = await link_to(owner, f"folders/{folder}")
    await owner.call("POST", f"/files/{gone['id']}/trash")
    await owner.call("POST", f"/folders/{inner}/trash")
    for query in ("", "?deep=true"):
        seen = await guest.call("GET", f"{address}/files{query}")
        assert [item["name"] for item in seen["items"]] == ["kept"]
        assert seen["folders"] == []
    await guest.call("GET", f"{address}/files?path=/inner", 404)
    for file in (gone, below):
        await guest.call("POST", f"{address}/files/{file['id']}/open", 404)
    await guest.call("POST", f"{address}/files/{kept['id']}/open")
    await owner.call("POST", f"/folders/{inner}/restore", json={})
    await guest.call("POST", f"{address}/files/{below['id']}/open")


async def test_a_folder_has_no_download_of_its_own(owner: Person, guest: Guest) -> None:
    address = await link_to(owner, f"folders/{await make(owner, 'shared')}")
    refused = await guest.call("GET", f"{address}/download", 404)
    assert refused["code"] == "LINK_NOT_FOUND"
