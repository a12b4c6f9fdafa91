"""Folders: list, make, show, rename, move, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from aiohttp import hdrs

from services.storage.client import caller_of
from services.storage.files.access import Right, get_folder
from services.storage.files.folders import FolderListing
from services.storage.files.seen import list_seen_folders
from services.storage.folders.change import change_folder, refuse_move
from services.storage.folders.create import create_folder, create_path
from services.storage.folders.delete import delete_folder
from services.storage.folders.schemas import show_folder
from services.storage.keys import POOL
from shared.errors import FOLDER_TRASHED, MeridianError
from shared.web.cursor_parts import read_text
from shared.web.etag import etag_of, revision_asked
from shared.web.identity import identity_of
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from aiohttp import web

    from services.storage.files.folders import Folder
    from services.storage.folders.change import FolderChange
    from services.storage.folders.schemas import FoldersQuery, NewFolder

MADE = 201
STANDS = 200


async def listing(request: web.Request, query: FoldersQuery) -> web.Response:
    """List the folders in one of mine, in one that is shared with me, or at the top, by name.

    With `q` those below it that are called so, or with no folder all of mine. With `trashed` those
    that were thrown away from there, or anywhere; or what is in a folder of the trash.
    """
    pool, user_id, parent = request.app[POOL], identity_of(request).user_id, None
    after = decode_cursor(query.cursor, read_text, UUID) if query.cursor else None
    trashed = query.trashed
    if query.parent_id is not None:
        parent = await get_folder(pool, user_id, query.parent_id)
        if parent.trashed_at is not None and not trashed:
            raise MeridianError(FOLDER_TRASHED)
        trashed = trashed and parent.trashed_at is None
    asked = FolderListing(
        parent_id=query.parent_id,
        text=query.q,
        trashed=trashed,
        limit=query.limit + 1,
        after=after,
    )
    folders = await list_seen_folders(pool, user_id, parent, asked)
    page = cut_page(folders, query.limit, lambda row: encode_cursor(row.name_key, row.id))
    return reply({"items": [show_folder(folder) for folder in page.items], "next": page.next})


async def create(request: web.Request, body: NewFolder) -> web.Response:
    """Make a folder.

    By its name, which must be free, perhaps in a folder that somebody shares with me to write to,
    and whose it is then; or by a path among mine, of which the missing folders are made: then 200
    says that it was there already.
    """
    pool, caller = request.app[POOL], caller_of(request)
    user_id = identity_of(request).user_id
    if body.name is not None:
        folder = await create_folder(pool, caller, user_id, body.parent_id, body.name)
        return _answer(folder, MADE)
    assert body.path is not None
    folder, is_new = await create_path(pool, caller, user_id, body.path)
    return _answer(folder, MADE if is_new else STANDS)


async def show(request: web.Request) -> web.Response:
    """Show a folder."""
    return _answer(await _folder(request))


async def change(request: web.Request, body: FolderChange) -> web.Response:
    """Rename or move a folder.

    What is in it goes with it, however much that is, and keeps its ids. With `If-Match` only when
    the folder is still as it was read.
    """
    folder = await _folder(request, Right.WRITE)
    revision = revision_asked(request, folder.id, folder.revision)
    pool = request.app[POOL]
    if body.moves:
        await refuse_move(pool, identity_of(request).user_id, folder, body.parent_id)
    await change_folder(pool, caller_of(request), folder, body, revision)
    return _answer(await _folder(request))


async def delete(request: web.Request) -> web.Response:
    """Delete a folder for ever.

    With all that is in it, from every server; only its owner may. What was put into the trash
    before, out of it, stays there.
    """
    folder = await _folder(request, Right.OWN)
    revision = revision_asked(request, folder.id, folder.revision)
    await delete_folder(request.app[POOL], caller_of(request), folder, revision)
    return reply_nothing()


async def _folder(request: web.Request, right: Right = Right.READ) -> Folder:
    user_id = identity_of(request).user_id
    return await get_folder(request.app[POOL], user_id, path_id(request), right=right)


def _answer(folder: Folder, status: int | None = None) -> web.Response:
    tag = etag_of(folder.id, folder.revision)
    return reply(show_folder(folder), status, headers={hdrs.ETAG: tag})
