"""Routes as data: one row says who may call what, with which body, and what comes back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import KW_ONLY, dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from aiohttp import web

from shared.errors import NOT_FOUND, MeridianError, Problem
from shared.web.access import PUBLIC, SIGNED_IN, Permission
from shared.web.auth import authorize
from shared.web.idempotency import play_once
from shared.web.openapi import describe
from shared.web.paths import path_id, path_number, with_patterns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marshmallow import Schema

    from shared.web.parse import Parser

__all__ = ("PUBLIC", "SIGNED_IN", "Route", "add_routes", "path_id", "path_number")

Handler: TypeAlias = Callable[..., Awaitable[web.StreamResponse]]

API_VERSION: Final = "/v1"


@dataclass(frozen=True, slots=True)
class Route:
    """One operation; `path` as in the API document, below `<prefix>/v1`.

    `body` and `query` are schemas whose @post_load makes a dataclass, which the handler gets as
    `body=` and `query=`; `answer` is the schema of what comes back, or a media type.
    `errors` are what the operation itself can refuse with.
    In a path `{id}` and `{…_id}` are UUIDs, `{number}` counts from 1, the rest is text.
    """

    method: str
    path: str
    handler: Handler
    permission: Permission
    _: KW_ONLY  # noqa: WPS122
    body: type[Schema] | None = None
    query: type[Schema] | None = None
    answer: type[Schema] | str | None = None
    status: int = 200
    errors: tuple[Problem, ...] = ()
    idempotent: bool = False
    may_redirect: bool = False


def add_routes(app: web.Application, prefix: str, routes: Iterable[Route], parser: Parser) -> None:
    """Register the table below `<prefix>/v1`, each row guarded, parsed and described."""
    for route in routes:
        call = describe(route, partial(_carry_out, _Operation.of(route, parser)))
        path = f"{prefix}{API_VERSION}{with_patterns(route.path)}"
        app.router.add_route(route.method, path, call)


@dataclass(frozen=True, slots=True)
class _Operation:
    """A route made ready: schemas are built once, not with every request."""

    route: Route
    parser: Parser
    body: Schema | None
    query: Schema | None

    @classmethod
    def of(cls, route: Route, parser: Parser) -> _Operation:
        return cls(
            route,
            parser,
            body=route.body() if route.body else None,
            query=route.query() if route.query else None,
        )


async def _carry_out(operation: _Operation, request: web.Request) -> web.StreamResponse:
    route = operation.route
    if any("\0" in part for part in request.match_info.values()):
        raise MeridianError(NOT_FOUND)
    if route.permission is not PUBLIC:
        await authorize(request, route.permission)
    call = partial(route.handler, request)
    if operation.query:
        call = partial(call, query=await operation.parser.query(request, operation.query))
    if operation.body:
        call = partial(call, body=await operation.parser.body(request, operation.body))
    if route.idempotent:
        return await play_once(request, call)
    return await call()
