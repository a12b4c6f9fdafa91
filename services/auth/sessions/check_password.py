"""Checks a password, and keeps its hash up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.auth.accounts.users import find_credentials, update_password_hash

if TYPE_CHECKING:
    from services.auth.accounts.users import Credentials
    from services.auth.passwords.hashing import Passwords
    from services.auth.signing.subject import Subject
    from shared.db import Pool


async def find_fitting_hash(
    db: Pool, passwords: Passwords, found: Credentials | None, password: str
) -> str | None:
    """Return the hash that a password fits, made anew when it has old parameters.

    None for a wrong password, which takes as long for nobody.
    """
    known = found.password_hash if found else None
    is_right = await passwords.verify(known, password)
    if not is_right or found is None or known is None:
        return None
    if not passwords.is_outdated(known):
        return known
    renewed = await passwords.hash(password)
    if await update_password_hash(db, found.subject.user_id, known, renewed):
        return renewed
    return await _find_newer(db, passwords, found.subject, password)


async def _find_newer(
    db: Pool, passwords: Passwords, subject: Subject, password: str
) -> str | None:
    # Somebody was faster: a login that renewed the hash as well, or a change of the password.
    newer = await find_credentials(db, subject.username)
    known = newer.password_hash if newer else None
    return known if await passwords.verify(known, password) else None
