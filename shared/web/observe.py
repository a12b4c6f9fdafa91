"""Names, times, counts and logs every request, by the template of its route only."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Final, TypeAlias

from aiohttp import web
from prometheus_client import Gauge, Histogram
from structlog.contextvars import bound_contextvars

from shared.logs import plain_lines
from shared.redact import scrub_text
from shared.web.client_ip import client_ip
from shared.web.identity import IDENTITY
from shared.web.request_id import name_request, request_id_of

Next: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

SECONDS: Final = Histogram(
    "meridian_http_request_seconds",
    "Time until the answer was made",
    ("method", "route", "status"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
IN_FLIGHT: Final = Gauge("meridian_http_requests_in_flight", "Requests being answered now")

QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNMATCHED: Final = "unmatched"
CLIENT_GONE: Final = 499
MILLISECONDS: Final = 1000
MOST_KINDS: Final = 4096


@web.middleware
async def observe(request: web.Request, handler: Next) -> web.StreamResponse:
    """Give the request its name, and account for it when it is answered or given up."""
    started = time.perf_counter()
    status = CLIENT_GONE
    with bound_contextvars(request_id=name_request(request)), IN_FLIGHT.track_inprogress():
        try:
            answer = await handler(request)
            status = answer.status
        except web.HTTPException as error:
            status = error.status
            raise
        finally:
            _account(request, status, time.perf_counter() - started)
    return answer


def route_of(request: web.Request) -> str:
    """Tell the template of the route: unlike the path it is one of few, and holds no secret."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else UNMATCHED


def _account(request: web.Request, status: int, seconds: float) -> None:
    route = route_of(request)
    method = request.method if request.method in METHODS else "OTHER"
    _seconds_of(method, route, status).observe(seconds)
    if route in QUIET:
        return
    identity = request.get(IDENTITY)
    plain_lines.write(
        "request",
        {
            "request_id": scrub_text(request_id_of(request)),
            "method": method,
            "route": route,
            "path": route if "token" in request.match_info else scrub_text(request.path),
            "status": status,
            "ms": round(seconds * MILLISECONDS, 2),
            "ip": str(client_ip(request)),
            "user_id": str(identity.user_id) if identity else None,
        },
    )


@lru_cache(maxsize=MOST_KINDS)
def _seconds_of(method: str, route: str, status: int) -> Histogram:
    """The figures of one kind of answer; looking them up by name costs more than counting."""
    return SECONDS.labels(method, route, status)
