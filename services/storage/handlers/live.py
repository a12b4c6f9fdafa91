"""Live: what happens to my files, as server-sent events."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

from services.storage.resources import FEED, FLEET
from shared.events import FileEvent, ServerChanged
from shared.web.identity import identity_of
from shared.web.reply import encode

if TYPE_CHECKING:
    from services.storage.fleet import Fleet
    from services.storage.live import News

HEARTBEAT_SECONDS = 15.0
HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
}


async def follow(request: web.Request) -> web.StreamResponse:
    """Follow what happens, as server-sent events.

    `file.stored`, `replica.ready`, `replica.failed`, `file.deleted` of my files and
    `server.changed`; the data names what to read again. Ends with the access token's life.
    """
    identity = identity_of(request)
    stream = web.StreamResponse(headers=HEADERS)
    await stream.prepare(request)
    await stream.write(b"retry: 2000\n: connected\n\n")
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + identity.seconds_left()
    async for news in request.app[FEED].listen(identity.user_id, HEARTBEAT_SECONDS):
        if loop.time() > ends_at:
            break
        await stream.write(_frame(request.app[FLEET], news) if news else b": still here\n\n")
    return stream


def _frame(fleet: Fleet, news: News) -> bytes:
    event = news.event
    server_id = getattr(event, "server_id", None)
    server = fleet.find_server(server_id) if server_id else None
    payload = {
        "type": event.type.lower(),
        "server": server.name if server else None,
        "at": news.at,
    }
    if isinstance(event, FileEvent):
        payload |= {"file_id": event.file_id, "version_id": event.version_id}
    if isinstance(event, ServerChanged) and server is not None:
        payload["state"] = fleet.state(server)
    return b"event: %b\ndata: %b\n\n" % (event.type.lower().encode(), encode(payload))
