"""A new session for somebody who has shown who he is, by whatever method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.auth.logins.logins import Outcome, insert_refused_login
from services.auth.sessions.refresh_tokens import Bearer, hash_token
from services.auth.sessions.sessions import NewSession, insert_session
from services.auth.sessions.succession import first_token
from shared.errors import LOGIN_FAILED, MeridianError

if TYPE_CHECKING:
    from services.auth.accounts.credentials import Credentials
    from services.auth.sessions.sessions import Device
    from services.auth.sessions.token_pairs import Mint, TokenPair
    from shared.db import Pool


async def open_session(
    db: Pool, mint: Mint, user: Credentials, method: str, device: Device
) -> TokenPair:
    """Open a session and note it in the history of sign-ins.

    LOGIN_FAILED for a user who is disabled, or whose credentials were changed since they were
    read. `method` is `password`, `passkey` or the name of a provider.
    """
    await mint.issuer.make_ready()
    token = first_token()
    new = NewSession(user.subject.user_id, user.version, method, device)
    session_id = await insert_session(db, new, hash_token(token), mint.refresh_seconds)
    if session_id is None:
        outcome = Outcome.CREDENTIALS_CHANGED if user.is_active else Outcome.DISABLED
        await insert_refused_login(db, user.subject.user_id, outcome, device)
        raise MeridianError(LOGIN_FAILED)
    return await mint.pair(Bearer(session_id, user.subject), token)
