"""A person changes their own account."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from asyncpg import UniqueViolationError

from services.auth.accounts.register import audited, name_taken
from services.auth.accounts.users import find_user, hold_user, update_profile
from services.auth.audit.actions import Action
from services.auth.resets.resets import end_resets
from services.auth.sessions.proofs import require_proof
from shared.errors import NOT_AUTHENTICATED, PRECONDITION_FAILED, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.accounts.users import ProfileChange, User
    from services.auth.audit.actions import Actor
    from services.auth.audit.changes import Changes
    from shared.db import Connection, Pool
    from shared.web.identity import Identity


async def show_profile(db: Connection | Pool, user_id: UUID) -> User:
    """Read a profile; NOT_AUTHENTICATED when the account is gone since the token was signed."""
    user = await find_user(db, user_id)
    if user is None:
        raise MeridianError(NOT_AUTHENTICATED)
    return user


async def change_profile(
    changes: Changes, actor: Actor, identity: Identity, wanted: ProfileChange, revision: int | None
) -> User:
    """Change a profile; EMAIL_TAKEN, or PRECONDITION_FAILED when it has another revision.

    Another e-mail address needs a proof: whoever reads its mail can reset the password.
    """
    user_id = identity.user_id
    async with changes.by(actor) as change:
        await hold_user(change.db, user_id)
        before = await show_profile(change.db, user_id)
        if wanted.email == before.email:
            wanted = replace(wanted, email=None)
        if wanted.email is not None:
            await require_proof(change.db, identity.session_id)
        try:
            is_changed = await update_profile(change.db, user_id, wanted, revision)
        except UniqueViolationError as error:
            raise name_taken(error) from error
        if not is_changed:
            raise MeridianError(PRECONDITION_FAILED)
        user = await show_profile(change.db, user_id)
        if user.email != before.email:
            await end_resets(change.db, user_id)
        change.record(Action.USER_CHANGED, user_id, before=audited(before), after=audited(user))
        return user
