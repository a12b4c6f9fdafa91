"""Answers an edge gives by itself: CORS as MinIO allows it, and S3 errors."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web
from multidict import CIMultiDict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import ClientResponse

# Any page may ask: what counts is the signature, and no cookie is involved.
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "ETag, Accept-Ranges, Content-Length, Content-Range, Content-Disposition, Last-Modified, "
        "x-amz-request-id"
    ),
}
# Of one connection only (RFC 9110, 7.6.1); Expect was answered when the request came in.
HOP_BY_HOP = (
    *("Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding"),
    *("Upgrade", "Expect"),
)
# What the node says to browsers is narrower than what an S3 server allows.
REPLACED = (*HOP_BY_HOP, *CORS, "Access-Control-Allow-Headers", "Access-Control-Allow-Methods")
ERROR = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{}</Code><Message>{}</Message></Error>'
)
PREFLIGHT_SECONDS = 600


def preflight(request: web.Request) -> web.Response | None:
    """Answer a browser that asks whether it may; None when it does not ask that."""
    asked = request.headers
    if request.method != "OPTIONS" or "Access-Control-Request-Method" not in asked:
        return None
    allowed = {
        **CORS,
        "Access-Control-Allow-Methods": "GET, HEAD, PUT, POST, DELETE",
        "Access-Control-Allow-Headers": asked.get("Access-Control-Request-Headers", ""),
        "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
    }
    return web.Response(status=HTTPStatus.NO_CONTENT, headers=allowed)


def refusal(
    status: HTTPStatus, code: str, message: str, headers: Mapping[str, str] | None = None
) -> web.Response:
    """Answer with an error as an S3 server words it."""
    return web.Response(
        status=status,
        text=ERROR.format(code, message),
        content_type="application/xml",
        headers={**CORS, **(headers or {})},
    )


def passed_headers(answer: ClientResponse) -> CIMultiDict[str]:
    """Take over the headers of the node, with our word on what browsers may do."""
    headers = CIMultiDict(answer.headers)
    for name in REPLACED:
        headers.popall(name, None)
    headers.update(CORS)
    return headers
