"""One process that serves an application until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import structlog
from aiohttp import web

from shared.web.runner import Runner
from shared.web.siblings import join_siblings

if TYPE_CHECKING:
    from pathlib import Path

AppFactory: TypeAlias = Callable[[], web.Application]

# Above the two minutes for which a proxy keeps idle connections: the proxy should close first.
KEEPALIVE_SECONDS: Final = 130
FINISH_SECONDS: Final = 3.5
STOP_SECONDS: Final = 4.5
# New objects before the collector looks at the young ones: a page of a list makes thousands, and
# hardly any of them is part of a cycle.
YOUNG_OBJECTS: Final = 20_000

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a process listens; `lifeline` is a pipe that closes when its parent dies."""

    host: str
    port: int
    name: str = "1"
    lifeline: int | None = None
    siblings: Path | None = None


async def run_process(factory: AppFactory, place: Place) -> None:
    """Serve until SIGTERM, SIGINT or the end of the parent; then finish what was begun."""
    stop = asyncio.Event()
    _listen_for_stop(stop, place.lifeline)
    runner = Runner(
        factory(),
        auto_decompress=False,
        keepalive_timeout=KEEPALIVE_SECONDS,
        shutdown_timeout=FINISH_SECONDS,
    )
    starting = asyncio.ensure_future(_start(runner, place))
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
    try:
        if starting.done():
            starting.result()
            await stopping
    finally:
        await _finish(runner, starting)


def _listen_for_stop(stop: asyncio.Event, lifeline: int | None) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if lifeline is not None:
        loop.add_reader(lifeline, _let_go, lifeline, stop)


def _let_go(lifeline: int, stop: asyncio.Event) -> None:
    asyncio.get_running_loop().remove_reader(lifeline)
    stop.set()


async def _start(runner: web.AppRunner, place: Place) -> None:
    await runner.setup()
    is_shared = place.siblings is not None
    if place.siblings:
        await join_siblings(place.siblings, place.name)
    _spare_collector()
    site = web.TCPSite(runner, place.host, place.port, reuse_port=is_shared)
    await site.start()
    log.info("listening", host=place.host, port=place.port, process=place.name)


def _spare_collector() -> None:
    """Leave what stays for good, modules and tables of routes, out of every collection."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])


async def _finish(runner: web.AppRunner, starting: asyncio.Future[None]) -> None:
    starting.cancel()
    with suppress(asyncio.CancelledError, Exception):
        await starting
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await runner.cleanup()
    except TimeoutError:
        log.warning("stopped before everything was closed")
