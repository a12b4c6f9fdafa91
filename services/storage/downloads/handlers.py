"""Downloads: a link to the nearest copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from services.storage.client import caller_of, place_header, place_of
from services.storage.downloads.offer import holders, link_download
from services.storage.downloads.schemas import show_download
from services.storage.files.access import get_file
from services.storage.keys import FLEET, POOL, SETTINGS
from services.storage.servers.schemas import show_place, show_ranked
from shared.web.client_place import ATLAS
from shared.web.identity import identity_of
from shared.web.paths import path_id
from shared.web.reply import reply

if TYPE_CHECKING:
    from services.storage.downloads.schemas import DownloadQuery, RouteQuery


async def link(request: web.Request, query: DownloadQuery) -> web.StreamResponse:
    """Get a link to a file.

    To the nearest healthy server that holds a verified copy, with the others as alternates; every
    link lives for a few minutes and saves the file under its own name.
    """
    caller = caller_of(request)
    fleet = request.app[FLEET]
    download = await link_download(
        request.app[POOL],
        fleet,
        request.app[SETTINGS].download_seconds,
        caller,
        await get_file(
            request.app[POOL], identity_of(request).user_id, path_id(request), query.version
        ),
    )
    if query.redirect:
        headers = {"Location": download.links[0][1], **place_header(caller.place)}
        return web.Response(status=302, headers=headers)
    return reply(show_download(fleet, download), headers=place_header(caller.place))


async def explain(request: web.Request, query: RouteQuery) -> web.Response:
    """Explain which server a client would get, and why.

    For an upload, or for the download of `file_id`; for the caller, or for the address `ip`.
    """
    fleet = request.app[FLEET]
    place = request.app[ATLAS].find_place(query.ip, "fake") if query.ip else None
    place = place or place_of(request)
    servers = [server for server in fleet.servers() if server.is_active]
    if query.file_id is not None:
        file = await get_file(request.app[POOL], identity_of(request).user_id, query.file_id)
        servers = holders(fleet, file)
    ranked = fleet.rank(place, servers)
    answer = {"place": show_place(place), "items": show_ranked(fleet, ranked)}
    return reply(answer, headers=place_header(place))
