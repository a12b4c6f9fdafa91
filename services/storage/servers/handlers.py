"""Servers: what people may know of them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from aiohttp import hdrs

from services.storage.client import place_of
from services.storage.keys import FLEET, POOL
from services.storage.servers.health_changes import list_changes
from services.storage.servers.health_schemas import show_change, show_span
from services.storage.servers.schemas import server_etag, show_server
from services.storage.servers.uptime import DAY, MONTH, count_up
from services.storage.servers.urls import origins_of
from shared.catalog.servers import get_server, list_servers
from shared.errors import SERVER_NOT_FOUND, MeridianError
from shared.web.identity import identity_of
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from aiohttp import web

    from services.storage.servers.measures import Report
    from shared.web.paging import PageAsked

VIEW = "servers.view"
# What the gateway puts into the content security policy of the page.
ORIGINS = "X-S3-Origins"


async def listing(request: web.Request) -> web.Response:
    """List the servers and whether they answer, as one process that asks them all wrote it down.

    Endpoints, load and capabilities only with `servers.view`.
    """
    details = identity_of(request).may(VIEW)
    servers = await list_servers(request.app[POOL])
    load = request.app[FLEET].traffic.load
    items = [show_server(one, details=details, load_bytes=load(one.id)) for one in servers]
    return reply({"items": items, "next": None})


async def show(request: web.Request) -> web.Response:
    """Show a server."""
    server = await get_server(request.app[POOL], path_id(request))
    load = request.app[FLEET].traffic.load(server.id)
    details = identity_of(request).may(VIEW)
    headers: dict[str, str] = {hdrs.ETAG: server_etag(server)}
    return reply(show_server(server, details=details, load_bytes=load), headers=headers)


async def health(request: web.Request, query: PageAsked) -> web.Response:
    """List the states that a server was in, newest first, and how much of the time it answered.

    States are kept for 90 days, at most 10,000 of a server.
    """
    pool = request.app[POOL]
    server = await get_server(pool, path_id(request))
    before = decode_cursor(query.cursor, UUID)[0] if query.cursor else None
    changes = await list_changes(pool, server.id, before, query.limit + 1)
    page = cut_page(changes, query.limit, lambda change: encode_cursor(change.id))
    answer = {
        "items": [show_change(change) for change in page.items],
        "next": page.next,
        "day": show_span(await count_up(pool, server.id, DAY)),
        "month": show_span(await count_up(pool, server.id, MONTH)),
    }
    return reply(answer)


async def measured(request: web.Request, body: tuple[str, Report]) -> web.Response:
    """Tell how a server that one was sent to answered.

    Where it is slow, or fails, people of the same network (/24 of IPv4, /48 of IPv6) are sent
    elsewhere for a while; nobody else is.
    """
    name, report = body
    fleet = request.app[FLEET]
    server = fleet.find_by_name(name)
    if server is None:
        raise MeridianError(SERVER_NOT_FOUND)
    fleet.traffic.report(place_of(request), server.id, report)
    return reply_nothing()


async def origins(request: web.Request) -> web.Response:
    """Tell which S3 servers the page may talk to.

    They are in the header `X-S3-Origins` as well, from which the gateway writes the content
    security policy of every page.
    """
    told = origins_of(request.app[FLEET].servers())
    return reply({"origins": told}, headers={ORIGINS: " ".join(told)})
