"""Tokens: what they say, for services that do not check them by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.auth.keys import POOL
from services.auth.permissions.permissions import list_names
from shared.errors import PERMISSION_DENIED, MeridianError
from shared.web.identity import identity_of
from shared.web.reply import reply

if TYPE_CHECKING:
    from aiohttp import web

    from services.auth.sessions.token_schemas import Verification


async def verify(request: web.Request, body: Verification) -> web.Response:
    """Check a token and permissions.

    The token of the `Authorization` header, an access token or an API token, must hold all of the
    permissions.
    """
    identity = identity_of(request)
    missing = [name for name in body.permissions if not identity.may(name)]
    if missing:
        raise MeridianError(PERMISSION_DENIED, f"Missing: {', '.join(missing)}.")
    # The token of a superuser names none.
    held = await list_names(request.app[POOL]) if identity.is_superuser else identity.permissions
    return reply(
        {
            "user_id": identity.user_id,
            "session_id": identity.session_id,
            "username": identity.username,
            "permissions": held,
            "is_superuser": identity.is_superuser,
            "expires_at": identity.expires_at,
            "rights_version": identity.rights_version,
        }
    )
