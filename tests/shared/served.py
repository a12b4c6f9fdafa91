"""A small service as real processes: `python -m tests.shared.served <port> <processes> [fault]`."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

from shared.logs import configure_logs
from shared.web.app import make_app
from shared.web.reply import reply
from shared.web.route import PUBLIC, Route
from shared.web.serve import serve
from shared.web.streams import Happening, stream_events

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from aiohttp import web

FAULT = sys.argv[3] if len(sys.argv) > 3 else ""


async def pid(_request: web.Request) -> web.Response:
    """Tell which process answers."""
    return reply({"pid": os.getpid()})


async def slow(request: web.Request) -> web.Response:
    """Take as many seconds as the path says."""
    await asyncio.sleep(float(request.match_info["seconds"]))
    return reply({"pid": os.getpid()})


async def live(request: web.Request) -> web.StreamResponse:
    """Stream nothing for ever."""
    return await stream_events(request, never())


async def never() -> AsyncGenerator[Happening, None]:
    """Wait."""
    await asyncio.Event().wait()
    yield Happening("never", None)


def say(word: str) -> None:
    """Tell the test."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


async def resource(_app: web.Application) -> AsyncIterator[None]:
    """Open and close as the fault says."""
    if FAULT == "start":
        raise RuntimeError("cannot start")
    if FAULT == "hang":
        say("hanging")
        await asyncio.Event().wait()
    yield
    say("closed")
    if FAULT == "stuck":
        await asyncio.Event().wait()


ROUTES = (
    Route("GET", "/pid", pid, PUBLIC),
    Route("GET", "/slow/{seconds}", slow, PUBLIC),
    Route("GET", "/live", live, PUBLIC),
)


def build() -> web.Application:
    """Make the application."""
    return make_app(service="served", prefix="/t", routes=ROUTES, contexts=(resource,))


if __name__ == "__main__":
    # Under its own name, by which the operations are called.
    from tests.shared import served

    # A line for each request would fill the pipe to the test.
    configure_logs("served", level="warning")
    sys.exit(serve(served.build, "127.0.0.1", int(sys.argv[1]), int(sys.argv[2])))
