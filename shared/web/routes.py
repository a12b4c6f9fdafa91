"""A table of routes made into an application: guarded and parsed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

from aiohttp import hdrs

from shared.errors import NOT_FOUND, MeridianError
from shared.web.auth import authorize
from shared.web.body import LARGEST_BODY
from shared.web.idempotency import play_once
from shared.web.parse import load_body, load_query
from shared.web.paths import with_patterns
from shared.web.reply import BY_ROUTE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aiohttp import web
    from marshmallow import Schema

    from shared.web.route import Route

API_VERSION: Final = "/v1"


def add_routes(
    app: web.Application, prefix: str, routes: Iterable[Route]
) -> dict[Route, Callable[..., Any]]:
    """Register the table below `<prefix>/v1`, each row guarded and parsed; what was registered."""
    calls: dict[Route, Callable[..., Any]] = {}
    for route in routes:
        operation = _make_ready(route)
        path = f"{prefix}{API_VERSION}{with_patterns(route.path)}"
        calls[route] = partial(_carry_out, operation)
        app.router.add_route(route.method, path, calls[route])
        if route.method == hdrs.METH_GET and not route.uses_up:
            app.router.add_route(hdrs.METH_HEAD, path, partial(_carry_out, operation))
    return calls


@dataclass(frozen=True, slots=True)
class _Operation:
    """A route made ready: schemas are built once, not with every request."""

    route: Route
    body: Schema | None
    query: Schema | None


@cache
def _make_ready(route: Route) -> _Operation:
    return _Operation(
        route,
        body=route.body() if route.body else None,
        query=route.query() if route.query else None,
    )


async def _call(route: Route, request: web.Request, **taken: Any) -> web.StreamResponse:
    answer = await route.handler(request, **taken)
    if BY_ROUTE in answer:
        answer.set_status(route.status)
    return answer


async def _carry_out(operation: _Operation, request: web.Request) -> web.StreamResponse:
    route = operation.route
    if any("\0" in part for part in request.match_info.values()):
        raise MeridianError(NOT_FOUND)
    request[LARGEST_BODY] = route.largest_body
    await authorize(request, route.permission)
    call = partial(_call, route, request)
    if operation.query:
        call = partial(call, query=load_query(request, operation.query))
    if operation.body:
        call = partial(call, body=await load_body(request, operation.body))
    if route.idempotent:
        return await play_once(request, call)
    return await call()
