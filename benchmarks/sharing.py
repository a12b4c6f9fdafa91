"""Sharing: opening a link, what others share with somebody, and what asking "may I?" costs."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from benchmarks import asking
from benchmarks.asking import FILES, PERSON, Operation, signed
from benchmarks.load import http_request
from benchmarks.may_i import Asked, measure_may_i
from benchmarks.operations import FILE_BYTES, measure
from benchmarks.people import AT_ONCE, upload_all
from benchmarks.raw import ITS_FOLDER, ONE_ROW, bare_select

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

    from benchmarks.bench import Bench
    from benchmarks.figures import Figure
    from loadtest.populate import Caller

GRANTS: Final = 1_000
PAGE: Final = 50


async def measure_sharing(bench: Bench) -> list[Figure]:
    """Links, grants, and the share of the permission check in what owners ask for most."""
    async with _folder(bench.caller) as (folder_id, place):
        files = await upload_all(bench.caller, place, FILE_BYTES, range(FILES))
        ids = [file["id"] for file in files]
        row = await bare_select(bench, "one row", ONE_ROW, ids[0])
        rows = await bare_select(bench, f"{FILES} rows", ITS_FOLDER, ids[0])
        plans = (
            (await _open_links(bench, ids), row),
            (await _shared_with_me(bench, place), None),
            (await _list_shared(bench, folder_id), rows),
            (_own_list(bench, folder_id), rows),
            (asking.link_downloads(bench, ids), row),
        )
        figures = [await measure(bench, *plan) for plan in plans]
        *_, listed, linked = (figure.cpu_ms or 0 for figure in figures)
        return [*figures, *await measure_may_i(bench, Asked(listed, linked, folder_id, ids[0]))]


async def _open_links(bench: Bench, ids: Iterable[str]) -> Operation:
    """Open links to files, each in turn; nobody has to sign in for that."""
    storage = bench.caller.stack.storage

    async def make(file: str) -> str:
        link = await bench.caller.call("POST", f"{storage}/files/{file}/links", {})
        return str(link["url"]).rpartition("/")[2]

    address = bench.own_address("storage")
    return Operation(
        "open a link",
        [
            http_request("POST", f"{address}/s/{token}/open", PERSON, "{}")
            for token in await _each(make, ids)
        ],
    )


async def _shared_with_me(bench: Bench, place: str) -> Operation:
    """What others share with somebody, who has been given a thousand folders."""
    storage, other = bench.caller.stack.storage, bench.others[0]
    user_id = await _id_of(bench, other)

    async def share(number: int) -> None:
        folder = await bench.caller.call(
            "POST", f"{storage}/folders", {"path": f"{place}/{number}"}
        )
        await _share(bench, str(folder["id"]), user_id)

    await _each(share, range(GRANTS))
    url = f"{bench.own_address('storage')}/shared-with-me?limit={PAGE}"
    request = http_request("GET", url, {**other.headers, **PERSON})
    return Operation(f"list {PAGE} of {GRANTS:,} things shared with me", [request])


async def _list_shared(bench: Bench, folder_id: str) -> Operation:
    """A folder as somebody sees it with whom it is shared."""
    reader = bench.others[1]
    await _share(bench, folder_id, await _id_of(bench, reader))
    request = http_request("GET", _list(bench, folder_id), {**reader.headers, **PERSON})
    return Operation(f"list {FILES} files of a folder shared with me", [request])


def _own_list(bench: Bench, folder_id: str) -> Operation:
    request = signed(bench, "GET", _list(bench, folder_id))
    return Operation(f"list {FILES} files by the id of their folder", [request])


def _list(bench: Bench, folder_id: str) -> str:
    return f"{bench.own_address('storage')}/files?folder_id={folder_id}&limit={FILES}"


async def _share(bench: Bench, folder_id: str, user_id: str) -> None:
    url = f"{bench.caller.stack.storage}/folders/{folder_id}/grants/{user_id}"
    await bench.caller.call("PUT", url, {"access": "read"})


async def _id_of(bench: Bench, person: Caller) -> str:
    return str((await person.call("GET", f"{bench.caller.stack.auth}/me"))["id"])


async def _each(act: Callable[[Any], Awaitable[Any]], things: Iterable[Any]) -> list[Any]:
    turn = asyncio.Semaphore(AT_ONCE)

    async def take_turn(thing: Any) -> Any:
        async with turn:
            return await act(thing)

    return await asyncio.gather(*map(take_turn, things))


@asynccontextmanager
async def _folder(caller: Caller) -> AsyncIterator[tuple[str, str]]:
    """A folder, its id and its path, that is gone afterwards, with all that was put into it."""
    place = f"/sharing-{secrets.token_hex(4)}"
    made = await caller.call("POST", f"{caller.stack.storage}/folders", {"path": place})
    try:
        yield made["id"], place
    finally:
        await caller.call("DELETE", f"{caller.stack.storage}/folders/{made['id']}")
