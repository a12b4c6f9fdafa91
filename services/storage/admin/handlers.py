"""Admin: how far behind the copies are, and what needs somebody to look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from services.storage.admin import letters
from services.storage.admin.schemas import show_figures, show_letter
from services.storage.client import caller_of
from services.storage.keys import FLEET, POOL
from shared.catalog.dead_letters import list_letters
from shared.catalog.figures import count_figures
from shared.catalog.servers import list_servers
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from aiohttp import web

    from services.storage.admin.schemas import RetryAsked
    from shared.catalog.servers import Server
    from shared.web.paging import PageAsked


async def replication(request: web.Request) -> web.Response:
    """Show how far behind every city is.

    Counted from the rows of all copies in the moment of asking.
    """
    servers = await _servers(request)
    figures = await count_figures(request.app[POOL])
    items = [
        show_figures(servers[one.server_id], one) for one in figures if one.server_id in servers
    ]
    return reply({"items": items, "next": None})


async def list_dead(request: web.Request, query: PageAsked) -> web.Response:
    """List copies that failed by what a server says of the object itself, newest first.

    All else, outages and full disks among it, is waited for and never listed here. A dead letter is
    tried again by itself every few hours.
    """
    before = decode_cursor(query.cursor, UUID)[0] if query.cursor else None
    found = await list_letters(request.app[POOL], before, query.limit + 1)
    page = cut_page(found, query.limit, lambda letter: encode_cursor(letter.id))
    servers = await _servers(request)
    items = [show_letter(servers, letter) for letter in page.items]
    return reply({"items": items, "next": page.next})


async def retry(request: web.Request) -> web.Response:
    """Try the copy of a dead letter again now."""
    app = request.app
    await letters.retry_letter(app[POOL], app[FLEET], caller_of(request), path_id(request))
    return reply_nothing()


async def retry_all(request: web.Request, body: RetryAsked) -> web.Response:
    """Try all dead letters again now, or those of a server or an error."""
    app = request.app
    count = await letters.retry_all(
        app[POOL], app[FLEET], caller_of(request), body.server, body.error
    )
    return reply({"retried": count})


async def drop(request: web.Request, query: str) -> web.Response:
    """List a dead letter no more.

    The copy stays wanted and is tried again now and then; who dropped it, and why, is in the
    history.
    """
    app = request.app
    await letters.drop(app[POOL], app[FLEET], caller_of(request), path_id(request), query)
    return reply_nothing()


async def _servers(request: web.Request) -> dict[UUID, Server]:
    return {server.id: server for server in await list_servers(request.app[POOL])}
