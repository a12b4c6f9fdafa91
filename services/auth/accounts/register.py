"""A new account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asyncpg import UniqueViolationError

from services.auth.accounts.users import find_user, insert_user
from services.auth.passwords.rules import find_weakness
from shared.errors import (
    EMAIL_TAKEN,
    USER_NOT_FOUND,
    USERNAME_TAKEN,
    VALIDATION_FAILED,
    MeridianError,
)

if TYPE_CHECKING:
    from services.auth.accounts.users import NewUser, User
    from shared.db import Pool
    from shared.passwords.hashing import Passwords
    from shared.throttle.lanes import Lane

TAKEN: Final = {
    "users_username_taken": USERNAME_TAKEN,
    "users_email_taken": EMAIL_TAKEN,
}


async def register(db: Pool, passwords: Passwords, new: NewUser, lane: Lane) -> User:
    """Add a user; VALIDATION_FAILED for a weak password, USERNAME_TAKEN, EMAIL_TAKEN."""
    weakness = find_weakness(new.password, (new.username, new.email))
    if weakness is not None:
        raise MeridianError(VALIDATION_FAILED, errors={"password": [weakness]})
    password_hash = await passwords.hash(new.password, lane)
    try:
        user_id = await insert_user(db, new, password_hash)
    except UniqueViolationError as error:
        raise name_taken(error) from error
    user = await find_user(db, user_id)
    if user is None:
        raise MeridianError(USER_NOT_FOUND)
    return user


def name_taken(error: UniqueViolationError) -> MeridianError:
    """Say which name another user has: a person who registers has to learn it anyway."""
    return MeridianError(TAKEN[str(error.constraint_name)])
