"""A person comes in with a passkey: no name, no password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from services.auth.attempts.lanes import secret_lanes
from services.auth.logins.logins import insert_refused_login
from services.auth.sessions.open_session import open_session
from shared.errors import LOGIN_FAILED, MeridianError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.auth.passkeys.check import PasskeyCheck
    from services.auth.sessions.sessions import Device
    from services.auth.sessions.token_pairs import Mint, TokenPair

METHOD: Final = "passkey"


async def sign_in(
    check: PasskeyCheck, mint: Mint, credential: Mapping[str, Any], device: Device
) -> TokenPair:
    """Open a session; LOGIN_FAILED, TOO_MANY_ATTEMPTS, PASSKEYS_UNAVAILABLE.

    A passkey is two factors at once, so no code is asked for beside it.
    """
    await mint.issuer.make_ready()
    checked = await check.check(credential, secret_lanes(METHOD, device))
    user = checked.user
    if user is None:
        raise MeridianError(LOGIN_FAILED, "This passkey is not known here, or it took too long.")
    if not checked.is_right:
        await insert_refused_login(check.db, user.subject.user_id, checked.outcome, device)
        raise MeridianError(LOGIN_FAILED, "This passkey could not be checked.")
    return await open_session(check.db, mint, user, METHOD, device)
