"""Somebody whom another site knows, and we do not: a new account."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from asyncpg import UniqueViolationError

from services.auth.accounts.register import audited, name_taken
from services.auth.accounts.users import NewUser, get_user, insert_user
from services.auth.audit.actions import Action, Actor
from services.auth.social.identities import insert_identity
from shared.errors import EMAIL_NEEDED, EMAIL_TAKEN, IDENTITY_LINKED, USERNAME_TAKEN, MeridianError
from shared.ids import new_id

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.audit.changes import Change, Changes
    from services.auth.sessions.sessions import Device
    from services.auth.social.people import Person

MOST_NAMES: Final = 6
LONGEST_STEM: Final = 55


async def join(changes: Changes, person: Person, device: Device) -> UUID:
    """Make an account without a password.

    EMAIL_NEEDED without a confirmed address. EMAIL_TAKEN where an account has it: its owner links
    the two after signing in, for an address alone shows nothing.
    """
    if person.email is None:
        raise MeridianError(EMAIL_NEEDED)
    user_id = new_id()
    async with changes.by(Actor(user_id, device.ip)) as change:
        await _insert(change, person, person.email, user_id)
        user = await get_user(change.db, user_id)
        change.record(Action.USER_CREATED, user_id, after=audited(user))
        made = await insert_identity(
            change.db, user_id, person.issuer, person.subject, person.email
        )
        if made is None:
            raise MeridianError(IDENTITY_LINKED)
        change.record(Action.IDENTITY_LINKED, made, after={"issuer": person.issuer})
    return user_id


async def _insert(change: Change, person: Person, email: str, user_id: UUID) -> None:
    for username in names_like(person.username):
        new = NewUser(
            username=username,
            email=email,
            password="",
            first_name=person.first_name,
            last_name=person.last_name,
            has_confirmed_email=True,
            id=user_id,
        )
        try:
            async with change.db.transaction():
                await insert_user(change.db, new, None)
        except UniqueViolationError as error:
            taken = name_taken(error)
            if taken.problem is EMAIL_TAKEN:
                detail = "Sign in to the account that has this address, and link the two there."
                raise MeridianError(EMAIL_TAKEN, detail) from error
        else:
            return
    raise MeridianError(USERNAME_TAKEN)


def names_like(wanted: str) -> list[str]:
    """Return the wanted name, and some like it in case others have it."""
    stem = wanted[:LONGEST_STEM]
    more = (f"{stem}-{secrets.randbelow(10**length):0{length}}" for length in range(2, MOST_NAMES))
    return [wanted, *more]
