"""Deletions: of my own account, and of others by administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.auth.deletion import delete_account as deletion
from services.auth.keys import CHANGES, CHECK
from services.auth.sessions.cookie import clear_cookie
from services.auth.sessions.device import actor_of
from shared.web.identity import identity_of
from shared.web.paths import path_id
from shared.web.reply import reply_nothing

if TYPE_CHECKING:
    from aiohttp import web

    from services.auth.deletion.delete_account import Farewell


async def delete_me(request: web.Request, body: Farewell) -> web.Response:
    """Delete my account.

    It is off at once, here and everywhere. After 30 days it is erased with all its files; until
    then an administrator can restore it.
    """
    app, identity = request.app, identity_of(request)
    await deletion.delete_own(app[CHECK], app[CHANGES], actor_of(request), identity, body)
    answer = reply_nothing()
    clear_cookie(request, answer)
    return answer


async def delete_user(request: web.Request) -> web.Response:
    """Delete an account.

    It is off at once. After 30 days it is erased with all its files; until then
    `PATCH {"is_active": true}` restores it. Only a superuser may delete a superuser, and one who
    can do everything has to stay. My own needs a fresh proof.
    """
    await deletion.delete_user(
        request.app[CHANGES], actor_of(request), identity_of(request), path_id(request)
    )
    return reply_nothing()
