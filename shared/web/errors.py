"""Turns whatever a handler raises into an answer that tells the caller enough and no more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

import structlog
from aiohttp import hdrs, web

from shared.errors import INTERNAL, MALFORMED_REQUEST, MeridianError
from shared.web.headers import BEGUN
from shared.web.outages import outage_of
from shared.web.problems import problem_reply, refusal_of

Next: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

FIRST_REFUSAL: Final = 400

log = structlog.get_logger()


@web.middleware
async def errors(request: web.Request, handler: Next) -> web.StreamResponse:
    """Answer every exception with problem details; cancellation passes."""
    try:
        return await handler(request)
    except MeridianError as error:
        return problem_reply(request, error)
    except web.HTTPException as error:
        return _aiohttp_refusal(request, error)
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets an answer
        return _unforeseen(request, error)


def _aiohttp_refusal(request: web.Request, error: web.HTTPException) -> web.StreamResponse:
    if error.status < FIRST_REFUSAL:
        raise error
    answer = problem_reply(request, refusal_of(error))
    if hdrs.ALLOW in error.headers:
        answer.headers[hdrs.ALLOW] = error.headers[hdrs.ALLOW]
    return answer


def _unforeseen(request: web.Request, error: Exception) -> web.StreamResponse:
    if BEGUN in request or request.transport is None or request.transport.is_closing():
        raise error  # too late for another answer: aiohttp cuts the connection
    if isinstance(error, web.RequestPayloadError):
        return problem_reply(request, MeridianError(MALFORMED_REQUEST))
    outage = outage_of(error)
    if outage:
        log.warning("outage", code=outage.problem.code, error=repr(error))
        return problem_reply(request, outage)
    log.error("unforeseen", exc_info=error)
    return problem_reply(request, MeridianError(INTERNAL))
