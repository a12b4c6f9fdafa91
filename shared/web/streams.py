"""Server-sent events: a heartbeat while nothing happens, an end at once when we stop."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aiohttp import hdrs, web

from shared.web.reply import encode

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

HEARTBEAT_SECONDS: Final = 15
HEARTBEAT: Final = b": still here\n\n"
HEADERS: Final = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
}
STOPPING: Final = web.AppKey("stopping", asyncio.Event)


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of a stream; `data` is sent as JSON, `id` comes back as Last-Event-ID."""

    event: str
    data: object
    id: str = ""


async def stream_events(
    request: web.Request,
    happenings: AsyncGenerator[Happening, None],
    heartbeat: float = HEARTBEAT_SECONDS,
    ended: asyncio.Event | None = None,
) -> web.StreamResponse:
    """Answer with events until the source ends, the client leaves or the service stops.

    `ended`, once it is set, ends them too.
    """
    answer = web.StreamResponse(headers=HEADERS)
    await answer.prepare(request)
    if request.method == hdrs.METH_HEAD:
        return answer
    ends = [asyncio.ensure_future(end.wait()) for end in (request.app[STOPPING], ended) if end]
    try:
        async with aclosing(happenings):
            with suppress(ConnectionError):
                await answer.write(HEARTBEAT)
                await _pump(answer, happenings, ends, heartbeat)
    finally:
        for end in ends:
            end.cancel()
    return answer


def add_stopping(app: web.Application) -> None:
    """Make the streams of an application end when it shuts down."""
    app[STOPPING] = asyncio.Event()
    app.on_shutdown.append(_stop)


async def _stop(app: web.Application) -> None:
    app[STOPPING].set()


async def _pump(
    answer: web.StreamResponse,
    happenings: AsyncGenerator[Happening, None],
    ends: Sequence[asyncio.Future[Any]],
    heartbeat: float,
) -> None:
    upcoming = asyncio.ensure_future(anext(happenings, None))
    try:
        while not any(end.done() for end in ends):
            either: list[asyncio.Future[Any]] = [upcoming, *ends]
            await asyncio.wait(either, timeout=heartbeat, return_when=asyncio.FIRST_COMPLETED)
            if not upcoming.done():
                await answer.write(HEARTBEAT)
                continue
            happening = upcoming.result()
            if happening is None:
                return
            await answer.write(_encoded(happening))
            upcoming = asyncio.ensure_future(anext(happenings, None))
    finally:
        upcoming.cancel()
        await asyncio.wait((upcoming,))


def _encoded(happening: Happening) -> bytes:
    name = b"id: %b\n" % happening.id.encode() if happening.id else b""
    event, data = happening.event.encode(), encode(happening.data)
    return b"%bevent: %b\ndata: %b\n\n" % (name, event, data)
