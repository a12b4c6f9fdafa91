"""Files: list, show, rename, delete, and where their copies are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from aiohttp import hdrs

from services.storage.client import caller_of
from services.storage.files.access import Right, get_file, get_folder
from services.storage.files.change import Change, change_file
from services.storage.files.copies import list_copies
from services.storage.files.delete import delete_file
from services.storage.files.destination import find_place_for
from services.storage.files.listing import Listing
from services.storage.files.paths import split_path
from services.storage.files.replica_schemas import show_replicas
from services.storage.files.schemas import file_etag, show_file
from services.storage.files.seen import list_seen_files
from services.storage.keys import DOORBELL, FLEET, POOL
from shared.errors import FILE_TRASHED, FOLDER_TRASHED, PRECONDITION_FAILED, MeridianError
from shared.web.cursor_parts import read_moment, read_text, read_whole
from shared.web.etag import refuse_changed
from shared.web.identity import identity_of
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from services.storage.files.files import File
    from services.storage.files.folders import Folder
    from services.storage.files.query_schemas import FilesQuery
    from services.storage.files.schemas import FileChange

SORT_READERS: dict[str, Callable[[Any], Any]] = {
    "name": read_text,
    "size": read_whole,
    "created_at": read_moment,
    "updated_at": read_moment,
}


async def listing(request: web.Request, query: FilesQuery) -> web.Response:
    """List my files.

    All of them, those in a folder, or with `deep` those below it, too; sorted and paged by cursor.
    With `folder_id` also those in a folder that somebody shares with me.
    Names are sorted without case, and by the value of numbers in them. With `trashed` what was put
    into the trash, or what is in a folder of the trash.
    """
    asked = Listing(
        in_folder=query.folder is not None or query.folder_id is not None,
        deep=query.deep,
        text=query.q,
        trashed=query.trashed,
        sort=query.sort,
        order=query.order,
        limit=query.limit + 1,
        after=decode_cursor(query.cursor, SORT_READERS[query.sort], UUID) if query.cursor else None,
    )
    files = await _list(request, query, asked)
    page = cut_page(files, query.limit, lambda file: _cursor(file, query.sort))
    return reply({"items": [show_file(file) for file in page.items], "next": page.next})


async def show(request: web.Request) -> web.Response:
    """Show a file."""
    return _answer(await _file(request))


async def change(request: web.Request, body: FileChange) -> web.Response:
    """Rename or move a file.

    A path that is missing is made. With `If-Match` only when it is still as it was read.
    """
    file = await _file(request, Right.WRITE)
    pool, caller = request.app[POOL], caller_of(request)
    revision = _expected_revision(request, file)
    wanted = Change(
        name=body.name,
        destination=await find_place_for(pool, caller, file, body.target) if body.target else None,
        may_rename=body.may_rename,
        revision=revision,
    )
    changed = await change_file(pool, caller, file, wanted)
    after = await _file(request)
    if not changed:
        raise MeridianError(FILE_TRASHED if revision is None else PRECONDITION_FAILED)
    return _answer(after)


async def delete(request: web.Request) -> web.Response:
    """Delete a file for ever, with all its versions, from every server; only its owner may."""
    file = await _file(request, Right.OWN)
    await delete_file(
        request.app[POOL],
        request.app[DOORBELL],
        caller_of(request),
        file,
        _expected_revision(request, file),
    )
    return reply_nothing()


async def replicas(request: web.Request) -> web.Response:
    """Show where the current version is, in which state, how far behind, and why not elsewhere."""
    file = await _file(request)
    fleet = request.app[FLEET]
    copies = [
        (server, copy)
        for copy in await list_copies(request.app[POOL], file.owner_id, file.version_id)
        if (server := fleet.find_server(copy.server_id)) is not None
    ]
    return reply(show_replicas(copies, datetime.now(UTC)))


async def _file(request: web.Request, right: Right = Right.READ) -> File:
    user_id = identity_of(request).user_id
    return await get_file(request.app[POOL], user_id, path_id(request), right=right)


async def _list(request: web.Request, query: FilesQuery, asked: Listing) -> list[File]:
    """List what is in the folder that was named; nothing where a path leads nowhere."""
    pool, user_id = request.app[POOL], identity_of(request).user_id
    if query.folder is not None:
        asked = replace(asked, path=split_path(query.folder))
    if query.folder_id is None:
        return await list_seen_files(pool, user_id, None, asked)
    folder = await get_folder(pool, user_id, query.folder_id)
    return await list_seen_files(pool, user_id, folder, _in(folder, query, asked))


def _in(folder: Folder, query: FilesQuery, asked: Listing) -> Listing:
    """What is in a folder, which may lie in the trash itself; FOLDER_TRASHED."""
    is_trashed = folder.trashed_at is not None
    if is_trashed and not query.trashed:
        raise MeridianError(FOLDER_TRASHED)
    return replace(asked, folder_id=folder.id, trashed=query.trashed and not is_trashed)


def _cursor(file: File, sort: str) -> str:
    return encode_cursor(file.name_key if sort == "name" else getattr(file, sort), file.id)


def _answer(file: File) -> web.Response:
    return reply(show_file(file), headers={hdrs.ETAG: file_etag(file)})


def _expected_revision(request: web.Request, file: File) -> int | None:
    """The revision that must still be there when the change is made, if the client named one."""
    refuse_changed(request, file_etag(file))
    return file.revision if hdrs.IF_MATCH in request.headers else None
