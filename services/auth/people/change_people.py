"""An administrator makes, changes and signs out people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncpg import UniqueViolationError

from services.auth.accounts.register import audited, name_taken
from services.auth.accounts.users import ProfileChange, get_user, update_profile
from services.auth.audit.actions import Action
from services.auth.people.standing import count_other_superusers, lock_user, set_active
from shared.errors import (
    LAST_SUPERUSER,
    PERMISSION_DENIED,
    PRECONDITION_FAILED,
    USER_NOT_FOUND,
    MeridianError,
)

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.accounts.users import User
    from services.auth.audit.actions import Actor
    from services.auth.audit.changes import Change, Changes
    from shared.web.identity import Identity


@dataclass(frozen=True, slots=True)
class UserChange:
    """New values for a user; None leaves a value as it is."""

    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    is_active: bool | None = None

    @property
    def profile(self) -> ProfileChange:
        """What of it a person may change, too."""
        return ProfileChange(self.email, self.first_name, self.last_name)


async def take_user(change: Change, identity: Identity, user_id: UUID) -> User:
    """Hold a user for a change; USER_NOT_FOUND, PERMISSION_DENIED for a superuser."""
    if not await lock_user(change.db, user_id):
        raise MeridianError(USER_NOT_FOUND)
    user = await get_user(change.db, user_id)
    if user.is_superuser and not identity.is_superuser:
        raise MeridianError(PERMISSION_DENIED, "Only a superuser may do this to a superuser.")
    return user


async def change_user(
    changes: Changes,
    actor: Actor,
    identity: Identity,
    user_id: UUID,
    wanted: UserChange,
    revision: int | None,
) -> User:
    """Change a user; USER_NOT_FOUND, EMAIL_TAKEN, LAST_SUPERUSER, PRECONDITION_FAILED."""
    async with changes.by(actor) as change:
        before = await take_user(change, identity, user_id)
        try:
            is_fresh = await update_profile(change.db, user_id, wanted.profile, revision)
        except UniqueViolationError as error:
            raise name_taken(error) from error
        if not is_fresh:
            raise MeridianError(PRECONDITION_FAILED)
        if wanted.is_active not in {None, before.is_active}:
            await _switch(change, before, is_active=not before.is_active)
        user = await get_user(change.db, user_id)
        change.record(Action.USER_CHANGED, user_id, before=audited(before), after=audited(user))
        return user


async def sign_out(changes: Changes, actor: Actor, identity: Identity, user_id: UUID) -> None:
    """End all sessions of a user; USER_NOT_FOUND."""
    async with changes.by(actor) as change:
        await take_user(change, identity, user_id)
        await change.end_sessions(user_id, "administrator")
        change.record(Action.USER_LOGGED_OUT, user_id)


async def keep_a_superuser(change: Change, user: User) -> None:
    """Raise LAST_SUPERUSER unless somebody else can do everything, too."""
    if user.is_superuser and not await count_other_superusers(change.db, user.id):
        raise MeridianError(LAST_SUPERUSER)


async def _switch(change: Change, user: User, *, is_active: bool) -> None:
    if not is_active:
        await keep_a_superuser(change, user)
        await change.end_sessions(user.id, "disabled")
    await set_active(change.db, user.id, is_active=is_active)
    # API tokens are asked about again, and refused while their owner is switched off.
    change.touch_rights([user.id])
