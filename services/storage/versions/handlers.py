"""Versions: list, restore, delete one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.storage.client import caller_of
from services.storage.files.access import Right, get_file
from services.storage.files.schemas import show_file
from services.storage.keys import DOORBELL, POOL
from services.storage.versions.delete import delete_version
from services.storage.versions.restore import restore_version
from services.storage.versions.schemas import show_version
from services.storage.versions.versions import NO_NUMBER, list_versions
from shared.errors import BAD_CURSOR, MeridianError
from shared.web.cursor_parts import read_whole
from shared.web.identity import identity_of
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.paths import path_id, path_number
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from aiohttp import web

    from services.storage.files.files import File
    from shared.web.paging import PageAsked


async def listing(request: web.Request, query: PageAsked) -> web.Response:
    """List the versions of a file, newest first.

    Each can be downloaded by its number: `?version=`.
    """
    file = await _file(request)
    below = _below(query.cursor)
    rows = await list_versions(request.app[POOL], file.owner_id, file.id, below, query.limit + 1)
    page = cut_page(rows, query.limit, lambda version: encode_cursor(version.number))
    items = [show_version(file, version) for version in page.items]
    return reply({"items": items, "next": page.next})


async def restore(request: web.Request) -> web.Response:
    """Make an old version the current one again.

    It becomes the newest version, with a number of its own; its bytes are there already, so nothing
    is copied and no room is taken.
    """
    file = await _file(request, Right.WRITE)
    await restore_version(request.app[POOL], caller_of(request), file, path_number(request))
    return reply(show_file(await _file(request)))


async def delete(request: web.Request) -> web.Response:
    """Delete a version for ever; only the owner of the file may.

    Of the current one, the newest before it becomes current. The last one goes only with its file.
    """
    file = await _file(request, Right.OWN)
    app = request.app
    await delete_version(app[POOL], app[DOORBELL], caller_of(request), file, path_number(request))
    return reply_nothing()


async def _file(request: web.Request, right: Right = Right.READ) -> File:
    user_id = identity_of(request).user_id
    return await get_file(request.app[POOL], user_id, path_id(request), right=right)


def _below(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    (number,) = decode_cursor(cursor, read_whole)
    if not 0 < number <= NO_NUMBER:
        raise MeridianError(BAD_CURSOR)
    return number
