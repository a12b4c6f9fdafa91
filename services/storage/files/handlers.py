"""Files: list, show, rename, delete, and where their copies are."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from aiohttp import hdrs

from services.storage.client import caller_of
from services.storage.files.access import get_file
from services.storage.files.delete import delete_file
from services.storage.files.files import Change, Listing, change_file, list_files
from services.storage.files.replica_schemas import show_replica
from services.storage.files.schemas import show_file
from services.storage.keys import DOORBELL, FLEET, POOL
from shared.catalog.replicas import list_replicas
from shared.errors import PRECONDITION_FAILED, MeridianError
from shared.web.cursor_parts import read_moment, read_text, read_whole
from shared.web.etag import etag_of, refuse_changed
from shared.web.identity import identity_of
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from services.storage.files.files import File
    from services.storage.files.schemas import FileChange, FilesQuery

LIKE_SPECIAL = re.compile(r"[\\%_]")
ESCAPED = r"\\\g<0>"
SORT_READERS: dict[str, Callable[[Any], Any]] = {
    "name": read_text,
    "size": read_whole,
    "created_at": read_moment,
    "updated_at": read_moment,
}


async def listing(request: web.Request, query: FilesQuery) -> web.Response:
    """List my files.

    Sorted and paged by cursor; each with the state of its copies by server.
    """
    asked = Listing(
        folder=query.folder,
        pattern=_pattern(query.q),
        trashed=query.trashed,
        sort=query.sort,
        order=query.order,
        limit=query.limit + 1,
        after=decode_cursor(query.cursor, SORT_READERS[query.sort], UUID) if query.cursor else None,
    )
    files = await list_files(request.app[POOL], identity_of(request).user_id, asked)
    page = cut_page(
        files, query.limit, lambda file: encode_cursor(getattr(file, query.sort), file.id)
    )
    return reply({"items": [show_file(file) for file in page.items], "next": page.next})


async def show(request: web.Request) -> web.Response:
    """Show a file."""
    return _answer(await _own_file(request))


async def change(request: web.Request, body: FileChange) -> web.Response:
    """Rename or move a file.

    With `If-Match` only when it is still as it was read.
    """
    file = await _own_file(request)
    wanted = Change(
        owner_id=file.owner_id,
        file_id=file.id,
        name=body.name,
        folder=body.folder,
        revision=_expected_revision(request, file),
    )
    changed = await change_file(request.app[POOL], caller_of(request), wanted)
    after = await _own_file(request)
    if not changed:
        raise MeridianError(PRECONDITION_FAILED)
    return _answer(after)


async def delete(request: web.Request) -> web.Response:
    """Delete a file for ever, with all its versions, from every server."""
    file = await _own_file(request)
    await delete_file(
        request.app[POOL],
        request.app[DOORBELL],
        caller_of(request),
        file,
        _expected_revision(request, file),
    )
    return reply_nothing()


async def replicas(request: web.Request) -> web.Response:
    """Show where the current version is, in which state and how far behind."""
    file = await _own_file(request)
    fleet = request.app[FLEET]
    copies = await list_replicas(request.app[POOL], file.owner_id, file.version_id)
    now = datetime.now(UTC)
    items = [
        show_replica(fleet, server, copy, now)
        for copy in copies
        if (server := fleet.find_server(copy.server_id)) is not None
    ]
    return reply({"items": items, "next": None})


async def _own_file(request: web.Request) -> File:
    return await get_file(request.app[POOL], identity_of(request).user_id, path_id(request))


def _answer(file: File) -> web.Response:
    return reply(show_file(file), headers={hdrs.ETAG: _etag(file)})


def _etag(file: File) -> str:
    return etag_of(file.id, file.revision)


def _expected_revision(request: web.Request, file: File) -> int | None:
    """The revision that must still be there when the change is made, if the client named one."""
    refuse_changed(request, _etag(file))
    return file.revision if hdrs.IF_MATCH in request.headers else None


def _pattern(text: str | None) -> str | None:
    """Make a LIKE pattern that holds the text, whatever characters it has."""
    if text is None:
        return None
    return f"%{LIKE_SPECIAL.sub(ESCAPED, text)}%"
