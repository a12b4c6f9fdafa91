"""Which refusals a row of the table of routes implies, beside those it names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.errors import (
    AUTH_UNAVAILABLE,
    BAD_CURSOR,
    BODY_TOO_LARGE,
    CLOCKS_DIFFER,
    DATABASE_UNAVAILABLE,
    IDEMPOTENCY_KEY_REUSED,
    INTERNAL,
    MALFORMED_JSON,
    MALFORMED_REQUEST,
    NOT_AUTHENTICATED,
    NOT_FOUND,
    PERMISSION_DENIED,
    REQUEST_IN_PROGRESS,
    REQUEST_TIMEOUT,
    SESSION_ENDED,
    TOKEN_EXPIRED,
    UNSUPPORTED_MEDIA_TYPE,
    VALIDATION_FAILED,
    Problem,
)
from shared.web.access import Access, Guard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.web.route import Route

OF_CALLER: Final = (
    NOT_AUTHENTICATED,
    TOKEN_EXPIRED,
    SESSION_ENDED,
    AUTH_UNAVAILABLE,
    CLOCKS_DIFFER,
)
OF_BODY: Final = (
    MALFORMED_REQUEST,
    MALFORMED_JSON,
    REQUEST_TIMEOUT,
    BODY_TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    VALIDATION_FAILED,
)
OF_QUERY: Final = (VALIDATION_FAILED,)
OF_CURSOR: Final = (BAD_CURSOR,)
OF_PATH: Final = (NOT_FOUND,)
OF_IDEMPOTENCY: Final = (REQUEST_IN_PROGRESS, IDEMPOTENCY_KEY_REUSED, VALIDATION_FAILED)
OPEN: Final = frozenset((Access.PUBLIC, Access.SIGNED_IN))
OF_EVERY: Final = (INTERNAL, DATABASE_UNAVAILABLE)


def problems_of(route: Route) -> tuple[Problem, ...]:
    """List what a route can refuse with, each once: its own first."""
    return tuple(dict.fromkeys((*route.errors, *_of_caller(route), *_of_request(route))))


def _of_caller(route: Route) -> Iterator[Problem]:
    if isinstance(route.permission, Guard):
        yield NOT_AUTHENTICATED
        if not route.permission.beside_token:
            return
    if route.permission is not Access.PUBLIC:
        yield from OF_CALLER
    if route.permission not in OPEN:
        yield PERMISSION_DENIED


def _of_request(route: Route) -> Iterator[Problem]:
    if "{" in route.path:
        yield from OF_PATH
    if route.body:
        yield from OF_BODY
    if route.query:
        yield from OF_QUERY
    if route.query and "cursor" in route.query().fields:
        yield from OF_CURSOR
    if route.idempotent:
        yield from OF_IDEMPOTENCY
    yield from OF_EVERY
