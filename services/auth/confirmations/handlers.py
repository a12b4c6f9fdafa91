"""Addresses: have a letter sent, and confirm by its link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.auth.confirmations.confirm import LIFE_SECONDS
from services.auth.keys import CONFIRM
from services.auth.mail.languages import languages_of
from services.auth.sessions.device import device_of
from shared.web.identity import identity_of
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from aiohttp import web

    from services.auth.confirmations.schemas import Link


async def send_letter(request: web.Request) -> web.Response:
    """Have the letter sent once more by which I confirm my e-mail address.

    A link works once, for a day, and only while the address is that of the account. A new account
    and another address get the letter by themselves, unless many letters were sent just before.
    """
    user_id, device = identity_of(request).user_id, device_of(request)
    await request.app[CONFIRM].ask(user_id, languages_of(request), device)
    return reply({"expires_in": int(LIFE_SECONDS)})


async def confirm(request: web.Request, body: Link) -> web.Response:
    """Confirm an e-mail address by the link of a letter."""
    await request.app[CONFIRM].use(body.token, device_of(request))
    return reply_nothing()
