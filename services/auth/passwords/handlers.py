"""Passwords: change my own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.auth.keys import CHECK, POOL
from services.auth.passwords.change_password import change_password as change_password_of
from services.auth.sessions.logout import logout_everywhere
from shared.web.identity import identity_of
from shared.web.reply import reply_nothing
from shared.web.revocations import REVOCATIONS

if TYPE_CHECKING:
    from aiohttp import web

    from services.auth.passwords.change_password import PasswordChange


async def change_password(request: web.Request, body: PasswordChange) -> web.Response:
    """Change my password.

    Asks for the present one, and ends all other sessions.
    """
    app, identity = request.app, identity_of(request)
    await change_password_of(app[CHECK], identity, body)
    await logout_everywhere(
        app[POOL],
        app[REVOCATIONS],
        identity.user_id,
        "password_changed",
        spare=identity.session_id,
    )
    return reply_nothing()
