"""Passwords: change my own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.auth.keys import CHANGES, CHECK
from services.auth.passwords.change_password import change_password as change_password_of
from services.auth.sessions.device import actor_of
from shared.web.identity import identity_of
from shared.web.reply import reply_nothing

if TYPE_CHECKING:
    from aiohttp import web

    from services.auth.passwords.change_password import PasswordChange


async def change_password(request: web.Request, body: PasswordChange) -> web.Response:
    """Change my password.

    Asks for the present one, or for a fresh proof where there is none yet, and ends all other
    sessions, and a link for a new password; API tokens stay unless asked.
    """
    app, identity = request.app, identity_of(request)
    await change_password_of(app[CHECK], app[CHANGES], identity, body, actor_of(request))
    return reply_nothing()
