"""Refusals on the wire: RFC 9457 problem details."""

from __future__ import annotations

from typing import Final

from aiohttp import hdrs, web

from shared.errors import (
    BODY_TOO_LARGE,
    INTERNAL,
    METHOD_NOT_ALLOWED,
    NOT_AUTHENTICATED,
    NOT_FOUND,
    PERMISSION_DENIED,
    REQUEST_REFUSED,
    MeridianError,
    Problem,
)
from shared.web.reply import encode
from shared.web.request_id import request_id_of

PROBLEM_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = 2
WAITING: Final = frozenset({429, 503})

OF_STATUS: Final = {
    problem.status: problem
    for problem in (
        NOT_AUTHENTICATED,
        PERMISSION_DENIED,
        NOT_FOUND,
        METHOD_NOT_ALLOWED,
        BODY_TOO_LARGE,
        INTERNAL,
    )
}


def problem_reply(request: web.Request, error: MeridianError) -> web.Response:
    """Answer with a refusal; 429 and 503 always say when to come back."""
    problem = error.problem
    payload = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
        "detail": error.detail or problem.title,
        "request_id": request_id_of(request),
    }
    if error.errors:
        payload["errors"] = error.errors
    return web.Response(
        body=encode(payload),
        status=problem.status,
        headers=_headers(error),
        content_type=PROBLEM_TYPE,
    )


def refusal_of(error: web.HTTPException) -> MeridianError:
    """Translate a refusal that aiohttp itself made."""
    status = error.status
    problem = OF_STATUS.get(status) or Problem(REQUEST_REFUSED.code, status, error.reason)
    return MeridianError(problem)


def _headers(error: MeridianError) -> dict[str, str]:
    headers: dict[str, str] = {hdrs.CACHE_CONTROL: "no-store"}
    if error.problem.status in WAITING:
        headers[hdrs.RETRY_AFTER] = str(error.retry_after or RETRY_SECONDS)
    if error.problem.status == NOT_AUTHENTICATED.status:
        headers[hdrs.WWW_AUTHENTICATE] = "Bearer"
    return headers
