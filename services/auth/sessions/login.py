"""A person comes in: name and password for a new session."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from services.auth.accounts.credentials import find_credentials
from services.auth.attempts.lanes import code_lanes, sign_in_lanes
from services.auth.logins.logins import Outcome, insert_refused_login
from services.auth.passwords.rules import require_long
from services.auth.second_factor.check import NO_CODES, Codes
from services.auth.sessions.open_session import open_session
from shared.errors import LOGIN_FAILED, TOTP_REQUIRED, MeridianError

if TYPE_CHECKING:
    from services.auth.accounts.credentials import Credentials
    from services.auth.second_factor.check import SecondFactorCheck
    from services.auth.sessions.check_password import PasswordCheck
    from services.auth.sessions.sessions import Device
    from services.auth.sessions.token_pairs import Mint, TokenPair
    from shared.db import Pool

METHOD: Final = "password"


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """What a person says to come in."""

    username: str
    password: str = field(repr=False)
    codes: Codes = NO_CODES


async def login(
    check: PasswordCheck,
    factor: SecondFactorCheck,
    mint: Mint,
    attempt: LoginAttempt,
    device: Device,
) -> TokenPair:
    """Open a session. LOGIN_FAILED is the same, and takes as long, whatever was wrong.

    After a right password: TOTP_REQUIRED when it needs a code beside it, PASSWORD_TOO_SHORT when
    it was good enough only beside one.
    """
    await mint.issuer.make_ready()
    db = check.db
    found = await find_credentials(db, attempt.username, device)
    lanes = sign_in_lanes(attempt.username, found, device)
    is_right = await check.is_right(found, attempt.password, lanes)
    if found is None or not is_right:
        outcome = Outcome.WRONG_PASSWORD if found else Outcome.UNKNOWN_USER
        await insert_refused_login(db, found.subject.user_id if found else None, outcome, device)
        raise MeridianError(LOGIN_FAILED)
    if found.has_totp:
        await _require_code(factor, found, attempt.codes, device)
    else:
        await _require_long(db, found, attempt.password, device)
    return await open_session(db, mint, found, METHOD, device)


async def _require_long(db: Pool, found: Credentials, password: str, device: Device) -> None:
    try:
        require_long(password, "ask for a reset link, or sign in with a passkey.")
    except MeridianError:
        user_id = found.subject.user_id
        await insert_refused_login(db, user_id, Outcome.PASSWORD_TOO_SHORT, device)
        raise


async def _require_code(
    factor: SecondFactorCheck, found: Credentials, codes: Codes, device: Device
) -> None:
    user_id = found.subject.user_id
    if not codes.are_given:
        await insert_refused_login(factor.db, user_id, Outcome.TOTP_REQUIRED, device)
        raise MeridianError(TOTP_REQUIRED)
    if not await factor.is_right(user_id, codes, code_lanes(found, device)):
        await insert_refused_login(factor.db, user_id, Outcome.WRONG_CODE, device)
        raise MeridianError(LOGIN_FAILED, "The code is wrong, or it was used before.")
