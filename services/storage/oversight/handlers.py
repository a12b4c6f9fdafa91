"""Oversight: the links and requests of a person, and what is allowed of them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from services.storage.client import caller_of
from services.storage.drops.drops import list_drops
from services.storage.drops.schemas import show_drop
from services.storage.keys import POOL
from services.storage.links.link_settings import get_settings, update_settings
from services.storage.links.links import Target, list_links
from services.storage.links.schemas import show_link
from services.storage.oversight.revoke import revoke_all
from services.storage.oversight.schemas import MOST_REQUESTS
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.reply import reply

if TYPE_CHECKING:
    from aiohttp import web

    from services.storage.links.link_settings import LinkSettings
    from services.storage.oversight.schemas import LinksQuery, Revocation


async def list_of_person(request: web.Request, query: LinksQuery) -> web.Response:
    """List the links of a person, newest first; file requests come with the first page."""
    pool = request.app[POOL]
    before = decode_cursor(query.cursor, UUID)[0] if query.cursor else None
    links = await list_links(pool, Target(owner_id=query.user_id), before, query.limit + 1)
    page = cut_page(links, query.limit, lambda link: encode_cursor(link.id))
    drops = [] if before else await list_drops(pool, query.user_id, None, MOST_REQUESTS)
    return reply(
        {
            "items": [show_link(link) for link in page.items],
            "requests": [show_drop(drop) for drop in drops],
            "next": page.next,
        }
    )


async def end_of_person(request: web.Request, body: Revocation) -> web.Response:
    """End all links and file requests of a person, as when a laptop was stolen."""
    links, requests = await revoke_all(request.app[POOL], caller_of(request), body.user_id)
    return reply({"links": links, "requests": requests})


async def show_settings(request: web.Request) -> web.Response:
    """Show what is allowed of links and file requests."""
    return reply(await get_settings(request.app[POOL]))


async def change_settings(request: web.Request, body: LinkSettings) -> web.Response:
    """Change what is allowed of links and file requests.

    Those that are there stay as they are, but `public: false` closes them all until it is true.
    """
    await update_settings(request.app[POOL], body)
    return reply(body)
