"""Opening links: for whoever has the address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import hdrs, web

from services.storage.client import caller_of, place_header
from services.storage.files.access import get_file
from services.storage.keys import FLEET, LINK_OPENER, POOL
from services.storage.opening.found_links import get_by_token
from services.storage.opening.open_link import Key
from services.storage.opening.schemas import show_opened, show_public_link
from shared.web.reply import reply

if TYPE_CHECKING:
    from services.storage.opening.schemas import Opening

PASS = "X-Link-Pass"  # noqa: S105 the name of a header
# An address with a token in it is nobody else's business.
PRIVATE = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}


async def show(request: web.Request) -> web.Response:
    """Show what a link is.

    Name and size only where no password is needed.
    """
    link = await get_by_token(request.app[POOL], request.match_info["token"])
    file = None
    if link.file_id is not None and link.password_hash is None:
        file = await get_file(request.app[POOL], link.owner_id, link.file_id, link.version)
    return reply(show_public_link(link, file), headers=PRIVATE)


async def open_link(request: web.Request, body: Opening) -> web.Response:
    """Open a link.

    Counts one download of a file and answers with a URL that lives for a minute, from the city
    nearest to whoever asks. `pass` in the header `X-Link-Pass` makes another URL of the same file
    for ten minutes, without the password and without counting again.
    """
    caller = caller_of(request)
    key = Key(
        token=request.match_info["token"],
        password=body.password,
        shown_pass=request.headers.get(PASS, ""),
    )
    opened = await request.app[LINK_OPENER].open(caller, key)
    headers = {**PRIVATE, **place_header(caller.place)}
    return reply(show_opened(request.app[FLEET], opened), headers=headers)


async def download(request: web.Request) -> web.Response:
    """Download the file of a link without a password, for programs that follow redirects."""
    caller = caller_of(request)
    opened = await request.app[LINK_OPENER].open(caller, Key(token=request.match_info["token"]))
    if opened.download is None:
        raise web.HTTPNotFound
    headers = {**PRIVATE, hdrs.LOCATION: opened.download.links[0][1]}
    return web.Response(status=302, headers={**headers, **place_header(caller.place)})
