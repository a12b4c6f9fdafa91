"""A person comes in: name and password for a new session."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from services.auth.accounts.users import find_credentials
from services.auth.sessions.check_password import find_fitting_hash
from services.auth.sessions.logins import (
    DISABLED,
    UNKNOWN_USER,
    WRONG_PASSWORD,
    insert_refused_login,
)
from services.auth.sessions.refresh_tokens import Bearer, hash_token
from services.auth.sessions.sessions import open_session
from services.auth.sessions.succession import first_token
from shared.errors import LOGIN_FAILED, MeridianError

if TYPE_CHECKING:
    from services.auth.passwords.hashing import Passwords
    from services.auth.sessions.sessions import Device
    from services.auth.sessions.token_pairs import Mint, TokenPair
    from services.auth.signing.subject import Subject
    from shared.db import Pool


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """What a person says to come in."""

    username: str
    password: str = field(repr=False)


async def login(
    db: Pool, passwords: Passwords, mint: Mint, attempt: LoginAttempt, device: Device
) -> TokenPair:
    """Open a session. LOGIN_FAILED is the same, and takes as long, whatever was wrong."""
    await mint.issuer.make_ready()
    found = await find_credentials(db, attempt.username)
    fitting = await find_fitting_hash(db, passwords, found, attempt.password)
    if found is None:
        await _refuse(db, None, UNKNOWN_USER, device)
    if fitting is None:
        await _refuse(db, found.subject, WRONG_PASSWORD, device)
    token = first_token()
    session_id = await open_session(
        db, found.subject.user_id, fitting, device, hash_token(token), mint.refresh_seconds
    )
    if session_id is None:
        await _refuse(db, found.subject, WRONG_PASSWORD if found.is_active else DISABLED, device)
    return await mint.pair(Bearer(session_id, found.subject), token)


async def _refuse(db: Pool, subject: Subject | None, outcome: str, device: Device) -> NoReturn:
    await insert_refused_login(db, subject.user_id if subject else None, outcome, device)
    raise MeridianError(LOGIN_FAILED)
