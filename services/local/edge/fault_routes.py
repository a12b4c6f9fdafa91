"""`/-/fault`: how a demo or a test slows or loses this city; answered to this machine only."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from aiohttp import web

from services.local.edge.fault import Fault, Link, parse_fault
from shared.addresses import read_address

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIX = "/-/"
LINK = web.AppKey("link", Link)


def add_fault_routes(app: web.Application, link: Link) -> None:
    """Serve the fault of a link, and nothing else below its prefix."""
    app[LINK] = link
    path = f"{PREFIX}fault"
    app.router.add_get(path, show_fault, allow_head=False)
    app.router.add_put(path, change_fault)
    app.router.add_delete(path, change_fault)
    app.router.add_route("*", f"{PREFIX}{{rest:.*}}", refuse)


async def show_fault(request: web.Request) -> web.Response:
    """Say what is wrong with the city now."""
    check_caller(request)
    return web.json_response(asdict(request.app[LINK].fault))


async def change_fault(request: web.Request) -> web.Response:
    """PUT: put this fault in place of the one before; DELETE: end it."""
    check_caller(request)
    fault = Fault()
    if request.method == "PUT":
        try:
            fault = parse_fault(json.loads(await request.read()))
        except ValueError as error:
            raise _problem(web.HTTPBadRequest, str(error)) from error
    request.app[LINK].set(fault)
    return web.json_response(asdict(fault))


async def refuse(request: web.Request) -> web.Response:
    """Answer that there is nothing here, also to browsers that ask whether they may."""
    raise _problem(web.HTTPNotFound, f"only {PREFIX}fault is here")


def check_caller(request: web.Request) -> None:
    """Refuse whoever is not a program on this machine."""
    # A page in this machine's browser is not its user: it always names its origin.
    local = read_address(request.remote or "0.0.0.0").is_loopback
    if not local or "Origin" in request.headers:
        raise _problem(web.HTTPForbidden, "only programs on this machine may do this")


def _problem(kind: Callable[..., web.HTTPException], detail: str) -> web.HTTPException:
    status = kind().status
    body = {"type": "about:blank", "title": kind().reason, "status": status, "detail": detail}
    return kind(text=json.dumps(body), content_type="application/problem+json")
