"""Servers: what people may know of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.storage.keys import FLEET, POOL
from services.storage.servers.schemas import show_server
from services.storage.servers.urls import origins_of
from shared.catalog.servers import find_server, list_servers
from shared.errors import SERVER_NOT_FOUND, MeridianError
from shared.web.identity import identity_of
from shared.web.paths import path_id
from shared.web.reply import reply

if TYPE_CHECKING:
    from aiohttp import web

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


async def origins(request: web.Request) -> web.Response:
    """Tell which S3 servers the page may talk to.

    They are in the header `X-S3-Origins` as well, from which the gateway writes the content
    security policy of every page.
    """
    told = origins_of(request.app[FLEET].servers())
    return reply({"origins": told}, headers={ORIGINS: " ".join(told)})
