"""A session ends: in the database first, then in every process that checks tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.auth.accounts.users import hold_user
from services.auth.sessions.sessions import LEFT, end_session, end_sessions

if TYPE_CHECKING:
    from uuid import UUID

    from shared.db import Pool
    from shared.tokens.revocations import Revocations


async def logout(
    db: Pool, revocations: Revocations, user_id: UUID, session_id: UUID, reason: str = LEFT
) -> bool:
    """End one session of a user; False when there was no such live session."""
    has_ended = await end_session(db, session_id, user_id, reason)
    if has_ended:
        await revocations.publish((session_id,))
    return has_ended


async def logout_everywhere(
    db: Pool, revocations: Revocations, user_id: UUID, session_id: UUID
) -> None:
    """End every session of a user, who leaves one of them and gives up the others."""
    async with db.acquire() as connection, connection.transaction():
        await hold_user(connection, user_id)
        await end_session(connection, session_id, user_id, LEFT)
        others = await end_sessions(connection, user_id, "logout_all")
    await revocations.publish((session_id, *others))
