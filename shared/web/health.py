"""Is the process alive, and could it serve: /healthz, /readyz and /metrics at the root."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from shared.web.reply import reply
from shared.web.siblings import metrics_of_service

Probe: TypeAlias = Callable[[web.Application], Awaitable[object]]

PROBES: Final = web.AppKey("probes", Mapping[str, Probe])
PROBE_SECONDS: Final = 2
FINE: Final = "ok"
UNAVAILABLE: Final = 503

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


def add_health(app: web.Application, probes: Mapping[str, Probe]) -> None:
    """Register the three; a probe raises, or takes longer than 2 s, when its part is away."""
    app[PROBES] = probes
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics)


async def healthz(_request: web.Request) -> web.Response:
    """Say that the event loop turns."""
    return reply({"status": FINE})


async def readyz(request: web.Request) -> web.Response:
    """Say which parts answer; 503 when one does not."""
    probes = request.app[PROBES]
    states = await asyncio.gather(*(_state(request.app, name) for name in probes))
    checks = dict(zip(probes, states, strict=True))
    if all(state == FINE for state in states):
        return reply({"status": FINE, "checks": checks})
    return reply({"status": "not ready", "checks": checks}, status=UNAVAILABLE)


async def metrics(_request: web.Request) -> web.Response:
    """Give the figures of all processes of this service, for Prometheus."""
    headers = {"Content-Type": CONTENT_TYPE_LATEST}
    return web.Response(body=await metrics_of_service(), headers=headers)


async def _state(app: web.Application, name: str) -> str:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            await app[PROBES][name](app)
    except TimeoutError:
        return "no answer"
    except Exception as error:  # noqa: BLE001 - a probe may fail in any way
        log.warning("probe failed", part=name, error=repr(error))
        return "failed"
    return FINE
