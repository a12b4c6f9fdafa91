"""Accounts: make one, see it, change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import hdrs

from services.auth.accounts import profile
from services.auth.accounts.schemas import show_user
from services.auth.accounts.sign_up import sign_up
from services.auth.keys import CHANGES, CHECK, CONFIRM, POOL, SETTINGS
from services.auth.mail.languages import languages_of
from services.auth.sessions.device import actor_of, device_of
from shared.web.etag import etag_of, revision_asked
from shared.web.identity import identity_of
from shared.web.reply import reply

if TYPE_CHECKING:
    from aiohttp import web

    from services.auth.accounts.users import NewUser, ProfileChange, User


async def register(request: web.Request, body: NewUser) -> web.Response:
    """Register.

    The new account has the role `member`: files and links of its own. Names and addresses are
    compared without regard to case; one that is taken is named, since there is no other way to
    tell a person what to change. Where mail is set up, a letter asks to confirm the address.
    """
    app, device = request.app, device_of(request)
    user = await sign_up(app[CHECK], app[SETTINGS].auth.registration, body, device)
    await app[CONFIRM].begin(user, languages_of(request), device)
    return _answer(user)


async def show_me(request: web.Request) -> web.Response:
    """Show my account."""
    return _answer(await profile.show_profile(request.app[POOL], identity_of(request).user_id))


async def change_me(request: web.Request, body: ProfileChange) -> web.Response:
    """Change my account.

    With `If-Match` only when it is still as it was read. Another e-mail address needs a fresh
    proof, and is to be confirmed anew.
    """
    app, identity = request.app, identity_of(request)
    before = await profile.show_profile(app[POOL], identity.user_id)
    revision = revision_asked(request, before.id, before.revision)
    actor = actor_of(request)
    user = await profile.change_profile(app[CHANGES], actor, identity, body, revision)
    if user.email != before.email:
        await app[CONFIRM].begin(user, languages_of(request), device_of(request))
    return _answer(user)


def _answer(user: User) -> web.Response:
    return reply(show_user(user), headers={hdrs.ETAG: _etag(user)})


def _etag(user: User) -> str:
    return etag_of(user.id, user.revision)
