"""A person changes their own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncpg import UniqueViolationError

from services.auth.accounts.register import name_taken
from services.auth.accounts.users import find_user, update_profile
from services.auth.sessions.proofs import require_proof
from shared.errors import NOT_AUTHENTICATED, PRECONDITION_FAILED, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.accounts.users import ProfileChange, User
    from shared.db import Pool
    from shared.web.identity import Identity


async def show_profile(db: Pool, user_id: UUID) -> User:
    """Read a profile; NOT_AUTHENTICATED when the account is gone since the token was signed."""
    user = await find_user(db, user_id)
    if user is None:
        raise MeridianError(NOT_AUTHENTICATED)
    return user


async def change_profile(
    db: Pool, identity: Identity, change: ProfileChange, revision: int | None
) -> User:
    """Change a profile; EMAIL_TAKEN, or PRECONDITION_FAILED when it has another revision.

    Another e-mail address needs a proof: whoever reads its mail can reset the password.
    """
    user_id = identity.user_id
    if change.email is not None:
        await require_proof(db, identity.session_id)
    try:
        is_changed = await update_profile(db, user_id, change, revision)
    except UniqueViolationError as error:
        raise name_taken(error) from error
    user = await show_profile(db, user_id)
    if not is_changed:
        raise MeridianError(PRECONDITION_FAILED)
    return user
