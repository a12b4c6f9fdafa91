"""Reset links: an administrator makes one, and somebody takes a new password by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.auth.attempts.known_devices import KnownDevice
from services.auth.keys import CHANGES, CHECK, FORGOT, SETTINGS
from services.auth.mail.languages import languages_of
from services.auth.resets import reset
from services.auth.resets.forgot import LIFE_SECONDS, Forgotten
from services.auth.sessions.device import actor_of, device_of, mark_device
from shared.ids import new_id
from shared.web.identity import identity_of
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from aiohttp import web

    from services.auth.resets.reset import NewPassword
    from services.auth.resets.schemas import MyAddress


async def make_reset(request: web.Request) -> web.Response:
    """Make a link by which a user takes a new password.

    It is shown this once, works once, for 24 hours, and takes the place of an earlier one. Only a
    superuser may make one for a superuser; one for myself needs a fresh proof.
    Another password or e-mail address ends it.
    """
    token, until = await reset.make_reset(
        request.app[CHANGES], actor_of(request), identity_of(request), path_id(request)
    )
    url = f"{request.app[SETTINGS].http.public_url}/reset/{token}"
    return reply({"url": url, "expires_at": until})


async def reset_password(request: web.Request, body: NewPassword) -> web.Response:
    """Take a new password by a link.

    Ends all sessions. A second factor stays on.
    """
    app = request.app
    user_id = await reset.reset_password(app[CHECK], app[CHANGES], body, device_of(request))
    answer = reply_nothing()
    # Nobody is known now, and whoever had the link must not wait behind those who guess.
    mark_device(request, answer, KnownDevice(user_id, new_id()))
    return answer


async def forgot_password(request: web.Request, body: MyAddress) -> web.Response:
    """Send a link for a new password to the address of an account.

    The answer is the same whether there is such an account or not. The link works once, for an
    hour, and until the password or the address is another one; nobody gets more than one in five
    minutes. Where no mail is set up, administrators make links.
    """
    asked = Forgotten(body.email, device_of(request), languages_of(request))
    await request.app[FORGOT].ask(asked)
    return reply({"expires_in": int(LIFE_SECONDS)})
