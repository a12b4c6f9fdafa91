"""Serves an application, and answers what is no proper HTTP as it answers everything else.

aiohttp itself would answer in plain text that quotes the request, and log it: a header too long is
mostly a cookie, which nobody else should read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import structlog
from aiohttp import http_exceptions, web

from shared.errors import HEADERS_TOO_LARGE, MALFORMED_REQUEST, URL_TOO_LONG, MeridianError
from shared.web.headers import SAFE
from shared.web.problems import problem_reply
from shared.web.request_id import HEADER, name_request

if TYPE_CHECKING:
    from shared.errors import Problem

# They differ so that an error tells which of them was passed.
LONGEST_LINE: Final = 8190
LONGEST_HEADER: Final = 8192
TOO_MANY: Final = "Too many headers"

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


class Protocol(web.RequestHandler):
    """aiohttp's side of a connection."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Refuse what could not be read; the connection cannot be used any more."""
        if not isinstance(exc, http_exceptions.BadHttpMessage):
            return super().handle_error(request, status, exc, message)
        assert isinstance(request, web.Request)
        problem = problem_of(exc)
        log.info("request.unreadable", code=problem.code, reason=type(exc).__name__)
        name = name_request(request)
        answer = problem_reply(request, MeridianError(problem))
        answer.headers.update({**SAFE, HEADER: name})
        answer.force_close()
        return answer


class _Server(web.Server):
    def __call__(self) -> web.RequestHandler:
        return Protocol(self, loop=self._loop, **self._kwargs)


class Runner(web.AppRunner):
    """aiohttp's runner with our protocol."""

    def __init__(self, app: web.Application, **more: Any) -> None:
        super().__init__(
            app, max_line_size=LONGEST_LINE, max_field_size=LONGEST_HEADER, access_log=None, **more
        )

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        return _Server(
            made.request_handler,
            request_factory=made.request_factory,
            loop=made._loop,
            **made._kwargs,
        )


def problem_of(error: http_exceptions.BadHttpMessage) -> Problem:
    """Tell what was wrong with a request that could not be read."""
    if isinstance(error, http_exceptions.LineTooLong):
        return URL_TOO_LONG if LONGEST_LINE in error.args else HEADERS_TOO_LARGE
    return HEADERS_TOO_LARGE if TOO_MANY in error.message else MALFORMED_REQUEST
