"""The program a caller uses, as it names itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import hdrs

if TYPE_CHECKING:
    from aiohttp import web

LONGEST: Final = 400


def user_agent(request: web.Request) -> str:
    """Read User-Agent as text that PostgreSQL can take: header bytes need not be UTF-8."""
    raw = request.headers.get(hdrs.USER_AGENT, "").encode(errors="surrogateescape")
    text = raw.decode(errors="replace")
    return "".join(letter for letter in text if letter.isprintable())[:LONGEST]
