"""Which languages a caller reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import hdrs

if TYPE_CHECKING:
    from aiohttp import web


def languages_of(request: web.Request) -> str:
    """Return what `Accept-Language` says, empty without."""
    return request.headers.get(hdrs.ACCEPT_LANGUAGE, "")
