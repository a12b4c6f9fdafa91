"""Opening links: for whoever has the address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import hdrs, web

from services.storage.client import caller_of, place_header
from services.storage.files.access import get_file
from services.storage.files.folders import find_folder
from services.storage.keys import FLEET, LINK_OPENER, NEWS, POOL
from services.storage.opening.folder_schemas import read_look, show_seen
from services.storage.opening.found_links import get_by_token
from services.storage.opening.open_link import Key
from services.storage.opening.refused import told_to_guests
from services.storage.opening.schemas import show_opened, show_public_link
from services.storage.opening.shared_folder import look_into
from services.storage.opening.shown import PRIVATE, key_of
from shared.errors import LINK_NOT_FOUND, MeridianError
from shared.link_events import LinkOpened
from shared.web.paths import path_id
from shared.web.reply import reply

if TYPE_CHECKING:
    from services.storage.caller import Caller
    from services.storage.files.files import File
    from services.storage.files.folders import Folder
    from services.storage.opening.folder_schemas import FolderLook
    from services.storage.opening.open_link import Opened
    from services.storage.opening.schemas import Opening


async def show(request: web.Request) -> web.Response:
    """Show what a link is.

    Name and size only where no password is needed.
    """
    pool = request.app[POOL]
    link = await get_by_token(pool, request.match_info["token"])
    target: File | Folder | None = None
    if link.password_hash is None:
        if link.file_id is not None:
            with told_to_guests(LINK_NOT_FOUND):
                target = await get_file(pool, link.owner_id, link.file_id, link.version)
        elif link.folder_id is not None:
            target = await find_folder(pool, link.owner_id, link.folder_id)
    return reply(show_public_link(link, target), headers=PRIVATE)


async def open_link(request: web.Request, body: Opening) -> web.Response:
    """Open a link.

    Counts one download of a file and answers with a URL that lives for a minute, from the city
    nearest to whoever asks. `pass` in the header `X-Link-Pass` makes another URL of the same file
    for ten minutes, without the password and without counting again.
    """
    caller = caller_of(request)
    key = key_of(request, body.password)
    opened = await request.app[LINK_OPENER].open(caller, key)
    _tell_owner(request, caller, opened)
    headers = {**PRIVATE, **place_header(caller.place)}
    return reply(show_opened(request.app[FLEET], opened), headers=headers)


async def listing(request: web.Request, query: FolderLook) -> web.Response:
    """List what is in the folder of a link, or with `deep` all files below it, by name.

    With the pass of the opened link in the header `X-Link-Pass`, or without one where no password
    is needed. Folders come first, up to 1,000 with a page, and files only behind the last of them.
    """
    link, _ = await request.app[LINK_OPENER].enter(caller_of(request), key_of(request))
    seen = await look_into(request.app[POOL], link, read_look(query))
    return reply(show_seen(seen, query.limit), headers=PRIVATE)


async def open_below(request: web.Request) -> web.Response:
    """Open a file in the folder of a link.

    Counts one download. The pass in the answer makes another URL of the same file for ten minutes
    without counting again; the pass of the folder goes on opening others.
    """
    caller = caller_of(request)
    opened = await request.app[LINK_OPENER].open_below(caller, key_of(request), path_id(request))
    _tell_owner(request, caller, opened)
    headers = {**PRIVATE, **place_header(caller.place)}
    return reply(show_opened(request.app[FLEET], opened), headers=headers)


async def download(request: web.Request) -> web.Response:
    """Download the file of a link without a password, for programs that follow redirects."""
    caller = caller_of(request)
    opened = await request.app[LINK_OPENER].open(caller, Key(token=request.match_info["token"]))
    if opened.download is None:
        raise MeridianError(LINK_NOT_FOUND, "Only a link to a file can be downloaded like this.")
    _tell_owner(request, caller, opened)
    headers = {**PRIVATE, hdrs.LOCATION: opened.download.links[0][1]}
    return web.Response(status=302, headers={**headers, **place_header(caller.place)})


def _tell_owner(request: web.Request, caller: Caller, opened: Opened) -> None:
    """The pages of the owner hear of it at once; who goes on by a pass was told of before."""
    if not opened.is_first:
        return
    link = opened.link
    city = caller.place.city or ""
    request.app[NEWS].tell(LinkOpened(owner_id=link.owner_id, link_id=link.id, city=city))
