"""An administrator makes, changes and signs out people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncpg import UniqueViolationError

from services.auth.accounts.register import audited, name_taken
from services.auth.accounts.users import ProfileChange, get_user, update_profile
from services.auth.audit.actions import Action
from services.auth.deletion.delete_account import restore_account, switch_account
from services.auth.people.standing import keep_a_superuser, require_proof_of_self, take_user
from services.auth.resets.resets import end_resets
from shared.errors import PRECONDITION_FAILED, MeridianError

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


async def change_user(
    changes: Changes,
    actor: Actor,
    identity: Identity,
    user_id: UUID,
    wanted: UserChange,
    revision: int | None,
) -> User:
    """Change a user; USER_NOT_FOUND, EMAIL_TAKEN, LAST_SUPERUSER, PRECONDITION_FAILED.

    PROOF_NEEDED for another e-mail address of my own.
    """
    async with changes.by(actor) as change:
        before = await take_user(change, identity, user_id)
        if wanted.email not in {None, before.email}:
            await require_proof_of_self(change, identity, before)
        try:
            is_fresh = await update_profile(change.db, user_id, wanted.profile, revision)
        except UniqueViolationError as error:
            raise name_taken(error) from error
        if not is_fresh:
            raise MeridianError(PRECONDITION_FAILED)
        if wanted.is_active not in {None, before.is_active}:
            await _switch(change, before, is_active=not before.is_active)
        user = await get_user(change.db, user_id)
        if user.email != before.email:
            await end_resets(change.db, user_id)
        change.record(Action.USER_CHANGED, user_id, before=audited(before), after=audited(user))
        return user


async def sign_out(changes: Changes, actor: Actor, identity: Identity, user_id: UUID) -> None:
    """End all sessions of a user; USER_NOT_FOUND."""
    async with changes.by(actor) as change:
        await take_user(change, identity, user_id)
        await change.end_sessions(user_id, "administrator")
        change.record(Action.USER_LOGGED_OUT, user_id)


async def _switch(change: Change, user: User, *, is_active: bool) -> None:
    if not is_active:
        await keep_a_superuser(change, user)
        await change.end_sessions(user.id, "disabled")
    if user.deleted_at is None:
        await switch_account(change, user.id, is_active=is_active)
    else:
        await restore_account(change, user)
    # API tokens are asked about again, and refused while their owner is switched off.
    change.touch_rights([user.id])
