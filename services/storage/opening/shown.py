"""What a request on a public address shows, and what its answers keep to themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.storage.opening.open_link import Key

if TYPE_CHECKING:
    from aiohttp import web

PASS: Final = "X-Link-Pass"  # noqa: S105 the name of a header
# An address with a token in it is nobody else's business.
PRIVATE: Final = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}


def key_of(request: web.Request, password: str = "") -> Key:
    """The token of the address, with a password or a pass."""
    return Key(
        token=request.match_info["token"],
        password=password,
        shown_pass=request.headers.get(PASS, ""),
    )
