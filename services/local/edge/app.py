"""The edge as an aiohttp application: its settings, its parts, its routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import aiohttp
from aiohttp import web

from services.local.edge.event_route import EVENT_PATH, HOOK, take_event
from services.local.edge.fault import Link
from services.local.edge.fault_routes import add_fault_routes
from services.local.edge.forward import Node
from services.local.edge.hook import Hook
from services.local.edge.once import OnceWriter
from services.local.edge.plain import PlainEdge
from services.local.edge.proxy import Edge
from services.local.edge.validators import ETags

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


class Front(Protocol):
    """What stands in front of a node."""

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer any request to the city."""


EDGE: web.AppKey[Front] = web.AppKey("edge")
IDLE_SECONDS = 30
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=5)
# Headers that aiohttp would add to what the client signed.
UNWANTED = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeSettings:
    """The node behind the edge, the folder with its objects, and where events go."""

    node: str
    folder: Path
    hook_url: str
    hook_secret: str
    plain: bool = False


def make_app(settings: EdgeSettings) -> web.Application:
    """Put an edge together."""
    app = web.Application()
    link = Link()
    app.router.add_post(EVENT_PATH, take_event)
    add_fault_routes(app, link)
    app.router.add_route("*", "/{path:.*}", pass_on)

    async def run_edge(app: web.Application) -> AsyncIterator[None]:
        hook = app[HOOK] = Hook(settings.hook_url, settings.hook_secret)
        async with open_session() as session, hook.sending():
            app[EDGE] = _make_front(settings, Node(session, settings.node, link), hook, link)
            yield

    app.cleanup_ctx.append(run_edge)
    return app


def _make_front(settings: EdgeSettings, node: Node, hook: Hook, link: Link) -> Front:
    if settings.plain:
        return PlainEdge(node=node, link=link)
    return Edge(
        node=node,
        folder=settings.folder,
        link=link,
        hook=hook,
        etags=ETags(),
        once=OnceWriter(),
    )


async def pass_on(request: web.Request) -> web.StreamResponse:
    """Answer whatever is asked of the city, or break off as a lost city does."""
    try:
        return await request.app[EDGE].serve(request)
    except ConnectionAbortedError:
        if request.transport is not None:
            request.transport.abort()
        # Nobody is left to read it.
        return web.Response()


def open_session() -> aiohttp.ClientSession:
    """Make a session that adds nothing to a request and takes nothing off an answer."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_SECONDS),
        timeout=TIMEOUT,
        auto_decompress=False,
        skip_auto_headers=UNWANTED,
    )
