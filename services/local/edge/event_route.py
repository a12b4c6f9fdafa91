"""`POST /-/event`: events of a node that cannot show a secret; they go on with the edge's own."""

from __future__ import annotations

import json
from http import HTTPStatus

from aiohttp import web

from services.local.edge.fault_routes import PREFIX, check_caller
from services.local.edge.hook import Hook

HOOK = web.AppKey("hook", Hook)
EVENT_PATH = f"{PREFIX}event"


async def take_event(request: web.Request) -> web.Response:
    """Queue what a node tells, unless it only tries whether somebody listens."""
    check_caller(request)
    try:
        told = json.loads(await request.read())
    except ValueError:
        told = None
    if isinstance(told, dict) and told.get("Records"):
        request.app[HOOK].post({"Key": "an object of the node", **told})
    return web.Response(status=HTTPStatus.NO_CONTENT)
