"""Checks a password, and keeps its hash up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.auth.accounts.credentials import renew_hash

if TYPE_CHECKING:
    from services.auth.accounts.credentials import Credentials
    from services.auth.passwords.hashing import Passwords
    from shared.db import Pool


async def is_right_password(
    db: Pool, passwords: Passwords, found: Credentials | None, password: str
) -> bool:
    """Tell whether a password fits; for nobody this takes as long, and is False."""
    known = found.password_hash if found else None
    is_right = await passwords.verify(known, password)
    if found is None or known is None or not is_right:
        return False
    if passwords.is_outdated(known):
        await renew_hash(db, found.subject.user_id, known, await passwords.hash(password))
    return True
