"""A new account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asyncpg import UniqueViolationError

from services.auth.accounts.users import get_user, insert_user
from services.auth.audit.actions import Action
from services.auth.audit.entries import NewEntry, append_entry
from services.auth.invitations.invite import accept
from services.auth.passwords.rules import find_weakness
from shared.errors import (
    EMAIL_TAKEN,
    USERNAME_TAKEN,
    VALIDATION_FAILED,
    MeridianError,
)

if TYPE_CHECKING:
    from services.auth.accounts.users import NewUser, User
    from services.auth.audit.actions import Actor
    from shared.db import Pool
    from shared.passwords.hashing import Passwords
    from shared.throttle.lanes import Lane

TAKEN: Final = {
    "users_username_taken": USERNAME_TAKEN,
    "users_email_taken": EMAIL_TAKEN,
}


async def register(db: Pool, passwords: Passwords, new: NewUser, lane: Lane, actor: Actor) -> User:
    """Add a user; VALIDATION_FAILED for a weak password, USERNAME_TAKEN, EMAIL_TAKEN.

    With an invitation also INVITATION_NOT_FOUND; it is used up with the account or not at all.
    """
    weakness = find_weakness(new.password, new.own_names)
    if weakness is not None:
        raise MeridianError(VALIDATION_FAILED, errors={"password": [weakness]})
    password_hash = await passwords.hash(new.password, lane)
    async with db.acquire() as connection, connection.transaction():
        try:
            await insert_user(connection, new, password_hash)
        except UniqueViolationError as error:
            raise name_taken(error) from error
        if new.invitation is not None:
            await accept(connection, new.invitation, new)
        user = await get_user(connection, new.id)
        created = NewEntry(Action.USER_CREATED, str(user.id), None, audited(user))
        await append_entry(connection, actor, created)
    return user


def audited(user: User) -> dict[str, Any]:
    """What of a user is written into the audit."""
    return {
        "username": user.username,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "is_active": user.is_active,
        "is_superuser": user.is_superuser,
        "roles": user.roles,
    }


def name_taken(error: UniqueViolationError) -> MeridianError:
    """Say which name another user has: a person who registers has to learn it anyway."""
    return MeridianError(TAKEN[str(error.constraint_name)])
