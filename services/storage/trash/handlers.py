"""The trash: put in, take out, empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.storage.client import caller_of
from services.storage.files.access import Right, get_file, get_folder
from services.storage.files.schemas import show_file
from services.storage.folders.schemas import show_folder
from services.storage.keys import DOORBELL, POOL
from services.storage.trash.empty import empty_trash
from services.storage.trash.put_in import trash_files, trash_folders
from services.storage.trash.restore import restore_file, restore_folder
from shared.web.identity import identity_of
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from aiohttp import web

    from services.storage.files.files import File
    from services.storage.files.folders import Folder
    from services.storage.trash.schemas import Restoring


async def put_file(request: web.Request) -> web.Response:
    """Put a file into the trash.

    It is kept there for 30 days, unless the operator says otherwise; its name is free at once.
    """
    file = await _file(request)
    async with request.app[POOL].acquire() as db, db.transaction():
        await trash_files(db, caller_of(request), file.owner_id, [file.id])
    return reply(show_file(await _file(request)))


async def put_folder(request: web.Request) -> web.Response:
    """Put a folder into the trash, with all that is in it.

    Uploads into it that are under way go there with it.
    """
    folder = await _folder(request)
    async with request.app[POOL].acquire() as db, db.transaction():
        await trash_folders(db, caller_of(request), folder.owner_id, [folder.id])
    return reply(show_folder(await _folder(request)))


async def take_file_out(request: web.Request, body: Restoring) -> web.Response:
    """Take a file out of the trash.

    It goes to where it was or, if that is in the trash itself or gone, to the top.
    """
    file = await _file(request)
    await restore_file(request.app[POOL], caller_of(request), file, may_rename=body.may_rename)
    return reply(show_file(await _file(request)))


async def take_folder_out(request: web.Request, body: Restoring) -> web.Response:
    """Take a folder out of the trash, with all that is in it.

    It goes to where it was or, if that is in the trash itself or gone, to the top. What had been
    put into the trash by itself before stays there.
    """
    folder = await _folder(request)
    await restore_folder(request.app[POOL], caller_of(request), folder, may_rename=body.may_rename)
    return reply(show_folder(await _folder(request)))


async def empty(request: web.Request) -> web.Response:
    """Delete all that is in my trash for ever."""
    owner_id = identity_of(request).user_id
    await empty_trash(request.app[POOL], request.app[DOORBELL], caller_of(request), owner_id)
    return reply_nothing()


async def _file(request: web.Request) -> File:
    user_id = identity_of(request).user_id
    return await get_file(request.app[POOL], user_id, path_id(request), right=Right.WRITE)


async def _folder(request: web.Request) -> Folder:
    user_id = identity_of(request).user_id
    return await get_folder(request.app[POOL], user_id, path_id(request), right=Right.WRITE)
