"""Keys: the public ones, for everybody who checks tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.auth.keys import MINT
from shared.tokens.keys import MAX_AGE
from shared.web.reply import reply

if TYPE_CHECKING:
    from aiohttp import web

CACHING: Final = {"Cache-Control": f"public, max-age={MAX_AGE:.0f}"}


async def show_keys(request: web.Request) -> web.Response:
    """Show the public keys.

    A JWKS document (RFC 7517); it may be cached for 5 minutes.
    """
    return reply({"keys": await request.app[MINT].issuer.published()}, headers=CACHING)
