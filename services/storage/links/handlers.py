"""Links: make, list, change and end them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from aiohttp import hdrs

from services.storage.client import caller_of
from services.storage.files.access import Right, get_file, get_folder
from services.storage.keys import LINK_MAKER, POOL, PUBLIC_URL
from services.storage.links.links import Target, get_link, list_links
from services.storage.links.make_link import end_link
from services.storage.links.schemas import show_link
from shared.errors import FILE_NOT_FOUND, FOLDER_NOT_FOUND, MeridianError
from shared.web.etag import etag_of, refuse_changed
from shared.web.identity import identity_of
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from aiohttp import web

    from services.storage.links.links import Link
    from services.storage.links.wanted import LinkWanted
    from shared.web.paging import PageAsked


async def listing(request: web.Request, query: PageAsked) -> web.Response:
    """List my links, newest first, with how often each was used."""
    return await _list(request, Target(owner_id=identity_of(request).user_id), query)


async def list_of_file(request: web.Request, query: PageAsked) -> web.Response:
    """List the links to a file of mine, newest first."""
    return await _list(request, await _own_file(request, None), query)


async def create_for_file(request: web.Request, body: LinkWanted) -> web.Response:
    """Make a link to a file.

    Whoever has the address in `url` can download the file, or the version it is pinned to. The
    address is shown only here: it cannot be found out later.
    """
    target = await _own_file(request, body.version)
    link, token = await request.app[LINK_MAKER].create(caller_of(request), target, body)
    return _answer(link, f"{request.app[PUBLIC_URL]}/s/{token}")


async def list_of_folder(request: web.Request, query: PageAsked) -> web.Response:
    """List the links to a folder of mine, newest first."""
    return await _list(request, await _own_folder(request), query)


async def create_for_folder(request: web.Request, body: LinkWanted) -> web.Response:
    """Make a link to a folder.

    Whoever has the address in `url` can see and download all that is in the folder and below, also
    what comes later. The address is shown only here: it cannot be found out later.
    """
    target = await _own_folder(request)
    link, token = await request.app[LINK_MAKER].create(caller_of(request), target, body)
    return _answer(link, f"{request.app[PUBLIC_URL]}/s/{token}")


async def change(request: web.Request, body: LinkWanted) -> web.Response:
    """Change the terms of a link.

    A changed password ends what was opened under the old one. With `If-Match` only when the link is
    still as it was read.
    """
    user_id = identity_of(request).user_id
    link = await get_link(request.app[POOL], user_id, path_id(request))
    refuse_changed(request, etag_of(link.id, link.revision))
    return _answer(await request.app[LINK_MAKER].change(caller_of(request), link, body))


async def end(request: web.Request) -> web.Response:
    """End a link.

    Nothing is signed for it from now on; what was signed before dies within a minute.
    """
    await end_link(request.app[POOL], caller_of(request), path_id(request))
    return reply_nothing()


async def _own_file(request: web.Request, version: int | None) -> Target:
    user_id = identity_of(request).user_id
    file = await get_file(request.app[POOL], user_id, path_id(request), version, right=Right.OWN)
    if file.trashed_at is not None:
        raise MeridianError(FILE_NOT_FOUND)
    return Target(owner_id=file.owner_id, file_id=file.id, version=version)


async def _own_folder(request: web.Request) -> Target:
    user_id = identity_of(request).user_id
    folder = await get_folder(request.app[POOL], user_id, path_id(request), right=Right.OWN)
    if folder.trashed_at is not None:
        raise MeridianError(FOLDER_NOT_FOUND)
    return Target(owner_id=folder.owner_id, folder_id=folder.id)


async def _list(request: web.Request, target: Target, query: PageAsked) -> web.Response:
    before = decode_cursor(query.cursor, UUID)[0] if query.cursor else None
    links = await list_links(request.app[POOL], target, before, query.limit + 1)
    page = cut_page(links, query.limit, lambda link: encode_cursor(link.id))
    return reply({"items": [show_link(link) for link in page.items], "next": page.next})


def _answer(link: Link, url: str | None = None) -> web.Response:
    tag = etag_of(link.id, link.revision)
    return reply(show_link(link, url), headers={hdrs.ETAG: tag})
