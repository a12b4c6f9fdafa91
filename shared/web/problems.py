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
    problem, seconds = error.problem, _seconds_to_wait(error)
    payload = {
        **error.facts,
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
        "detail": error.detail or problem.title,
        "request_id": request_id_of(request),
    }
    if error.errors:
        payload["errors"] = error.errors
    if seconds is not None:
        payload["retry_after_seconds"] = seconds
    return web.Response(
        body=encode(payload),
        status=problem.status,
        headers=_headers(problem, seconds),
        content_type=PROBLEM_TYPE,
    )


def refusal_of(error: web.HTTPException) -> MeridianError:
    """Translate a refusal that aiohttp itself made."""
    status = error.status
    problem = OF_STATUS.get(status) or Problem(REQUEST_REFUSED.code, status, error.reason)
    return MeridianError(problem)


def _seconds_to_wait(error: MeridianError) -> int | None:
    if error.retry_after is None and error.problem.is_temporary:
        return RETRY_SECONDS
    return error.retry_after


def _headers(problem: Problem, seconds: int | None) -> dict[str, str]:
    headers: dict[str, str] = {hdrs.CACHE_CONTROL: "no-store"}
    if seconds is not None:
        headers[hdrs.RETRY_AFTER] = str(seconds)
    if problem.status == NOT_AUTHENTICATED.status:
        headers[hdrs.WWW_AUTHENTICATE] = "Bearer"
    return headers
