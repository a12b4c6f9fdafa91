"""Checks a password, and keeps its hash up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.auth.users import update_password_hash

if TYPE_CHECKING:
    from services.auth.passwords import Passwords
    from services.auth.users import Credentials
    from shared.db import Pool


async def is_password_of(
    db: Pool, passwords: Passwords, found: Credentials | None, password: str
) -> bool:
    """Check a password; takes as long for nobody. A hash with old parameters is made anew."""
    known = found.password_hash if found else None
    if not await passwords.verify(known, password):
        return False
    if found and known and passwords.is_outdated(known):
        renewed = await passwords.hash(password)
        await update_password_hash(db, found.subject.user_id, known, renewed)
    return True
