"""A person takes a new password."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.auth.accounts.credentials import find_credentials_of, replace_password
from services.auth.passwords.rules import find_weakness
from shared.errors import VALIDATION_FAILED, WRONG_PASSWORD, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.passwords.hashing import Passwords
    from shared.db import Pool


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """An old password and the one to come."""

    current_password: str = field(repr=False)
    new_password: str = field(repr=False)


async def change_password(
    db: Pool, passwords: Passwords, user_id: UUID, change: PasswordChange
) -> None:
    """Replace a password; VALIDATION_FAILED for a weak one, WRONG_PASSWORD for a wrong old one."""
    found = await find_credentials_of(db, user_id)
    known = found.password_hash if found else None
    username = found.subject.username if found else ""
    weakness = find_weakness(change.new_password, (username,))
    if weakness is not None:
        raise MeridianError(VALIDATION_FAILED, errors={"new_password": [weakness]})
    is_right = await passwords.verify(known, change.current_password)
    if found is None or not is_right:
        raise MeridianError(WRONG_PASSWORD)
    new_hash = await passwords.hash(change.new_password)
    if not await replace_password(db, user_id, found.version, new_hash):
        raise MeridianError(WRONG_PASSWORD)
