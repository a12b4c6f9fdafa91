"""Servers: what people may know of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.storage.keys import FLEET
from services.storage.servers.schemas import show_server
from shared.errors import SERVER_NOT_FOUND, MeridianError
from shared.web.identity import identity_of
from shared.web.paths import path_id
from shared.web.reply import reply

if TYPE_CHECKING:
    from aiohttp import web

VIEW = "servers.view"


async def listing(request: web.Request) -> web.Response:
    """List the servers and whether they answer.

    Endpoints and capabilities only with `servers.view`.
    """
    fleet = request.app[FLEET]
    details = identity_of(request).may(VIEW)
    items = [show_server(fleet, server, details=details) for server in fleet.servers()]
    return reply({"items": items, "next": None})


async def show(request: web.Request) -> web.Response:
    """Show a server."""
    fleet = request.app[FLEET]
    server = fleet.find_server(path_id(request))
    if server is None:
        raise MeridianError(SERVER_NOT_FOUND)
    return reply(show_server(fleet, server, details=identity_of(request).may(VIEW)))
