"""An account is deleted, by its owner or an administrator; or restored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.auth.accounts.credentials import hold_version
from services.auth.accounts.register import audited
from services.auth.audit.actions import Action
from services.auth.deletion.deleted import mark_deleted, switch, unmark_deleted
from services.auth.deletion.outbox import insert_event
from services.auth.people.standing import keep_a_superuser, take_proven, take_user
from services.auth.sessions.proofs import require_live, require_proof
from shared.errors import USER_NOT_FOUND, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.accounts.users import User
    from services.auth.audit.actions import Actor
    from services.auth.audit.changes import Change, Changes
    from services.auth.sessions.check_password import PasswordCheck
    from shared.web.identity import Identity


@dataclass(frozen=True, slots=True)
class Farewell:
    """What shows that it is the owner who goes; without a password a fresh proof counts."""

    password: str | None = field(default=None, repr=False)


async def delete_own(
    check: PasswordCheck, changes: Changes, actor: Actor, identity: Identity, farewell: Farewell
) -> None:
    """Delete my own account; WRONG_PASSWORD, PROOF_NEEDED, LAST_SUPERUSER, SESSION_ENDED."""
    version = None
    if farewell.password is not None:
        version = await check.require_own(identity, farewell.password)
    async with changes.by(actor) as change:
        user = await take_user(change, identity, identity.user_id)
        if version is None:
            await require_proof(change.db, identity.session_id)
        else:
            await require_live(change.db, user.id, identity.session_id)
            await hold_version(change.db, user.id, version)
        await delete_account(change, user)


async def delete_user(changes: Changes, actor: Actor, identity: Identity, user_id: UUID) -> None:
    """Delete an account as an administrator; USER_NOT_FOUND, LAST_SUPERUSER, PROOF_NEEDED."""
    async with changes.by(actor) as change:
        await delete_account(change, await take_proven(change, identity, user_id))


async def delete_account(change: Change, user: User) -> None:
    """Switch an account off at once, to be erased later, within the transaction of a change.

    USER_NOT_FOUND, LAST_SUPERUSER.
    """
    await keep_a_superuser(change, user)
    event = await mark_deleted(change.db, user.id)
    if event is None:
        raise MeridianError(USER_NOT_FOUND, "The account was deleted already.")
    await insert_event(change.db, event)
    await change.end_sessions(user.id, "deleted")
    change.touch_rights([user.id])
    change.record(Action.USER_DELETED, user.id, before=audited(user))


async def switch_account(change: Change, user_id: UUID, *, is_active: bool) -> None:
    """Switch an account that is not deleted off or on, within the transaction of a change."""
    await insert_event(change.db, await switch(change.db, user_id, is_active=is_active))


async def restore_account(change: Change, user: User) -> None:
    """Take a deletion back, within the transaction of a change; USER_NOT_FOUND when too late."""
    event = await unmark_deleted(change.db, user.id)
    if event is None:
        raise MeridianError(USER_NOT_FOUND, "The account is being erased.")
    await insert_event(change.db, event)
    change.record(Action.USER_RESTORED, user.id)
