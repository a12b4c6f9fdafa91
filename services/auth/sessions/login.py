"""A person comes in: name and password for a new session."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from services.auth.accounts.credentials import find_credentials
from services.auth.attempts.lanes import sign_in_lanes
from services.auth.logins.logins import Outcome, insert_refused_login
from services.auth.sessions.open_session import open_session
from shared.errors import LOGIN_FAILED, MeridianError
from shared.throttle.lanes import network_of

if TYPE_CHECKING:
    from services.auth.sessions.check_password import PasswordCheck
    from services.auth.sessions.sessions import Device
    from services.auth.sessions.token_pairs import Mint, TokenPair

METHOD: Final = "password"


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """What a person says to come in."""

    username: str
    password: str = field(repr=False)


async def login(
    check: PasswordCheck, mint: Mint, attempt: LoginAttempt, device: Device
) -> TokenPair:
    """Open a session. LOGIN_FAILED is the same, and takes as long, whatever was wrong."""
    await mint.issuer.make_ready()
    db = check.db
    found = await find_credentials(db, attempt.username, network_of(device.ip))
    lanes = sign_in_lanes(attempt.username, found, device)
    is_right = await check.is_right(found, attempt.password, lanes)
    if found is None or not is_right:
        outcome = Outcome.WRONG_PASSWORD if found else Outcome.UNKNOWN_USER
        await insert_refused_login(db, found.subject.user_id if found else None, outcome, device)
        raise MeridianError(LOGIN_FAILED)
    return await open_session(db, mint, found, METHOD, device)
