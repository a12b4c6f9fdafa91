"""Headers that every answer carries, streams included."""

from __future__ import annotations

from typing import Final

from aiohttp import hdrs, web

from shared.web.request_id import HEADER, REQUEST_ID

SAFE: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    hdrs.CACHE_CONTROL: "no-store",
}
BEGUN: Final = web.RequestKey("begun", bool)


async def add_headers(request: web.Request, answer: web.StreamResponse) -> None:
    """Add what the handler did not set itself."""
    request[BEGUN] = True
    if isinstance(request.match_info.route.resource, web.StaticResource):
        answer.headers.setdefault(hdrs.CACHE_CONTROL, "public, max-age=86400")
    for name, text in SAFE.items():
        answer.headers.setdefault(name, text)
    answer.headers.pop(hdrs.SERVER, None)  # it tells versions
    if REQUEST_ID in request:
        answer.headers[HEADER] = request[REQUEST_ID]
