"""Servers: what people may know of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.storage.client import place_of
from services.storage.keys import FLEET, POOL
from services.storage.servers.schemas import show_server
from services.storage.servers.urls import origins_of
from shared.catalog.servers import find_server, list_servers
from shared.errors import SERVER_NOT_FOUND, MeridianError
from shared.web.identity import identity_of
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from aiohttp import web

    from services.storage.servers.measures import Report

VIEW = "servers.view"
# What the gateway puts into the content security policy of the page.
ORIGINS = "X-S3-Origins"


async def listing(request: web.Request) -> web.Response:
    """List the servers and whether they answer, as one process that asks them all wrote it down.

    Endpoints and capabilities only with `servers.view`.
    """
    details = identity_of(request).may(VIEW)
    servers = await list_servers(request.app[POOL])
    items = [show_server(server, details=details) for server in servers]
    return reply({"items": items, "next": None})


async def show(request: web.Request) -> web.Response:
    """Show a server."""
    server = await find_server(request.app[POOL], path_id(request))
    if server is None:
        raise MeridianError(SERVER_NOT_FOUND)
    return reply(show_server(server, details=identity_of(request).may(VIEW)))


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
