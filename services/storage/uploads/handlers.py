"""Uploads: start, follow, complete, abort."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from aiohttp import hdrs

from services.storage.client import caller_of, place_header
from services.storage.files.access import get_file
from services.storage.files.schemas import file_etag, show_file
from services.storage.keys import DOORBELL, FLEET, POOL, SETTINGS
from services.storage.uploads.abort import give_up_upload
from services.storage.uploads.complete import complete_upload
from services.storage.uploads.own_uploads import find_own_upload, list_own_uploads
from services.storage.uploads.part_schemas import show_parts
from services.storage.uploads.received import find_received
from services.storage.uploads.schemas import show_progress, show_started, show_upload
from services.storage.uploads.sign import sign_parts_of
from services.storage.uploads.start import start_upload
from shared.errors import UPLOAD_FINISHED, UPLOAD_NOT_FOUND, MeridianError
from shared.web.cursor_parts import read_moment
from shared.web.identity import identity_of
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aiohttp import web

    from services.storage.uploads.new_upload import NewUpload
    from shared.catalog.versions import Version
    from shared.web.paging import PageAsked


async def start(request: web.Request, body: NewUpload) -> web.Response:
    """Start an upload.

    Chooses the nearest healthy server and answers with a presigned URL: PUT exactly the announced
    bytes there with the given headers, then call `complete`. A large file comes in parts, each with
    a URL of its own. A name that exists in the folder gets a new version,
    another name or a refusal: `on_conflict`; `file_id` writes over one file, also over a single one
    that somebody shares with you. In a folder that somebody shares with you to write to
    the file is theirs, and the room that it takes, too.

    Should the server fail you, abort the upload and start it again with its name in `avoid`.
    """
    caller = caller_of(request)
    fleet = request.app[FLEET]
    started = await start_upload(
        request.app[POOL],
        fleet,
        request.app[SETTINGS].rules,
        caller,
        identity_of(request).user_id,
        body,
    )
    return reply(show_started(fleet, started), headers=place_header(caller.place))


async def listing(request: web.Request, query: PageAsked) -> web.Response:
    """List unfinished uploads, newest first."""
    after = decode_cursor(query.cursor, read_moment, UUID) if query.cursor else None
    uploads = await list_own_uploads(
        request.app[POOL], identity_of(request).user_id, after, query.limit + 1
    )
    page = cut_page(uploads, query.limit, lambda row: encode_cursor(row[0].created_at, row[0].id))
    items = [
        {**show_upload(request.app[FLEET], upload), "name": name, "folder": folder}
        for upload, name, folder in page.items
    ]
    return reply({"items": items, "next": page.next})


async def show(request: web.Request) -> web.Response:
    """Show an upload and what has arrived of it.

    The S3 server is asked, so this is how to go on after a break: send what is not `received`. An
    upload whose state is `ended` has to be started again.
    """
    fleet = request.app[FLEET]
    upload, received = await find_received(request.app[POOL], fleet, await _find(request))
    return reply(show_progress(fleet, upload, received))


async def sign(request: web.Request, body: Sequence[int]) -> web.Response:
    """Sign parts.

    The first time or again, for a URL lives for minutes. PUT each part to its own URL; some servers
    refuse one that has arrived already: `received` tells.
    """
    app = request.app
    upload = await _find(request)
    parts = await sign_parts_of(app[POOL], app[FLEET], app[SETTINGS].rules, upload, body)
    return reply({"parts": show_parts(parts)})


async def complete(request: web.Request, body: Mapping[int, str]) -> web.Response:
    """Say that the bytes are there.

    Parts are joined, the object is checked; the answer is the stored file. `UPLOAD_INCOMPLETE` has
    the numbers of `missing` parts. Calling again does no harm. An upload whose client never calls
    this is found all the same, only later.
    """
    app = request.app
    upload = await _find(request)
    await complete_upload(app[POOL], app[FLEET], app[DOORBELL], upload, body)
    file = await get_file(app[POOL], identity_of(request).user_id, upload.file_id)
    return reply(show_file(file), headers={hdrs.ETAG: file_etag(file)})


async def abort(request: web.Request) -> web.Response:
    """Give an upload up; what was put is erased."""
    upload = await _find(request)
    if not await give_up_upload(request.app[POOL], upload):
        raise MeridianError(UPLOAD_FINISHED, "The upload is finished; delete the file instead.")
    return reply_nothing()


async def _find(request: web.Request) -> Version:
    upload = await find_own_upload(
        request.app[POOL], identity_of(request).user_id, path_id(request)
    )
    if upload is None:
        raise MeridianError(UPLOAD_NOT_FOUND)
    return upload
