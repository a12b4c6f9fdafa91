"""Second factor: see it, take it, renew its recovery codes, remove it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from services.auth.keys import CHANGES, CHECK, POOL, SECOND_FACTOR, SETTINGS
from services.auth.second_factor import set_up
from services.auth.second_factor.codes import uri_of
from services.auth.second_factor.schemas import show_totp
from services.auth.second_factor.take_away import take_away as take_away_from
from services.auth.second_factor.totp import find_totp
from services.auth.sessions.device import actor_of
from shared.web.identity import identity_of
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from aiohttp import web

    from services.auth.second_factor.schemas import MyPassword
    from services.auth.second_factor.set_up import Confirmation


async def show(request: web.Request) -> web.Response:
    """Show whether my second factor is on."""
    return reply(show_totp(await find_totp(request.app[POOL], identity_of(request).user_id)))


async def begin(request: web.Request, body: MyPassword) -> web.Response:
    """Begin to set up a second factor.

    Makes a secret for an app that shows one-time codes (TOTP). It counts once a code of it was
    confirmed.
    """
    app, identity = request.app, identity_of(request)
    secret = await set_up.begin(app[CHECK], app[SECOND_FACTOR], identity, body.password)
    host = urlsplit(app[SETTINGS].http.public_url).hostname
    return reply({"secret": secret, "uri": uri_of(secret, f"{identity.username}@{host}")})


async def confirm(request: web.Request, body: Confirmation) -> web.Response:
    """Turn my second factor on.

    From now on a login by password needs a code of the app, or one of these recovery codes, which
    are shown this once.
    """
    app, actor = request.app, actor_of(request)
    codes = await set_up.confirm(
        app[SECOND_FACTOR], app[CHANGES], actor, identity_of(request), body
    )
    return reply({"recovery_codes": codes})


async def renew_recovery_codes(request: web.Request, body: MyPassword) -> web.Response:
    """Get new recovery codes, in place of all earlier ones."""
    app, actor, identity = request.app, actor_of(request), identity_of(request)
    codes = await set_up.renew_codes(app[CHECK], app[CHANGES], actor, identity, body.password)
    return reply({"recovery_codes": codes})


async def remove(request: web.Request, body: MyPassword) -> web.Response:
    """Turn my second factor off; its recovery codes go with it."""
    app, actor, identity = request.app, actor_of(request), identity_of(request)
    await set_up.remove(app[CHECK], app[CHANGES], actor, identity, body.password)
    return reply_nothing()


async def take_away(request: web.Request) -> web.Response:
    """Remove the second factor of somebody who has lost it.

    Ends all their sessions. A password of fewer than 15 characters cannot stand alone: its owner
    is let in again with a passkey, or after a reset. Only a superuser may do this to a superuser,
    and nobody to themselves without a fresh proof.
    """
    await take_away_from(
        request.app[CHANGES], actor_of(request), identity_of(request), path_id(request)
    )
    return reply_nothing()
