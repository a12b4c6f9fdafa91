"""File requests: make, list, change and end them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from aiohttp import hdrs

from services.storage.client import caller_of
from services.storage.drops.drops import get_drop, list_drops
from services.storage.drops.make_drop import end_drop
from services.storage.drops.schemas import show_drop
from services.storage.files.access import Right, get_live_folder
from services.storage.keys import DROP_MAKER, POOL, PUBLIC_URL
from shared.web.etag import etag_of, refuse_changed
from shared.web.identity import identity_of
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from aiohttp import web

    from services.storage.drops.drops import Drop
    from services.storage.drops.wanted import DropWanted
    from shared.web.paging import PageAsked


async def listing(request: web.Request, query: PageAsked) -> web.Response:
    """List my file requests, newest first, with how much came by each."""
    before = decode_cursor(query.cursor, UUID)[0] if query.cursor else None
    user_id = identity_of(request).user_id
    drops = await list_drops(request.app[POOL], user_id, before, query.limit + 1)
    page = cut_page(drops, query.limit, lambda drop: encode_cursor(drop.id))
    return reply({"items": [show_drop(drop) for drop in page.items], "next": page.next})


async def create(request: web.Request, body: DropWanted) -> web.Response:
    """Ask for files.

    Whoever has the address in `url` can send files into the folder, and sees nothing of what is in
    it. Title and message are shown before the password is asked for. The address is shown only
    here: it cannot be found out later.
    """
    user_id = identity_of(request).user_id
    assert body.folder_id is not None
    pool = request.app[POOL]
    folder = await get_live_folder(pool, user_id, body.folder_id, right=Right.OWN)
    drop, token = await request.app[DROP_MAKER].create(caller_of(request), folder, body)
    return _answer(drop, f"{request.app[PUBLIC_URL]}/d/{token}")


async def change(request: web.Request, body: DropWanted) -> web.Response:
    """Change a file request.

    A changed password ends what was opened under the old one. A limit below what has come ends
    nothing that is on its way. With `If-Match` only when the request is still as it was read.
    """
    user_id = identity_of(request).user_id
    drop = await get_drop(request.app[POOL], user_id, path_id(request))
    refuse_changed(request, etag_of(drop.id, drop.revision))
    return _answer(await request.app[DROP_MAKER].change(caller_of(request), drop, body))


async def end(request: web.Request) -> web.Response:
    """End a file request.

    What was received stays. Nothing is signed for it from now on; bytes whose way was signed before
    may still come in.
    """
    await end_drop(request.app[POOL], caller_of(request), path_id(request))
    return reply_nothing()


def _answer(drop: Drop, url: str | None = None) -> web.Response:
    tag = etag_of(drop.id, drop.revision)
    return reply(show_drop(drop, url), headers={hdrs.ETAG: tag})
