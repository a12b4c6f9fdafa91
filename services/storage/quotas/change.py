"""An administrator says how much a person, or everybody, may store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from services.storage.quotas.quotas import DEFAULT

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.quotas.quotas import Limits
    from shared.db import Connection, Pool

SET_QUOTA: Final = """
INSERT INTO storage.quotas (owner_id, max_files, max_bytes) VALUES ($1, $2, $3)
ON CONFLICT (owner_id) DO UPDATE
SET max_files = EXCLUDED.max_files, max_bytes = EXCLUDED.max_bytes, updated_at = now()
"""
DELETE_QUOTA: Final = """
DELETE FROM storage.quotas
WHERE owner_id = $1 AND owner_id <> '00000000-0000-0000-0000-000000000000' RETURNING owner_id
"""


async def set_quota(pool: Pool, caller: Caller, owner_id: UUID, limits: Limits) -> None:
    """Say how much a person may store, or with DEFAULT, everybody else; what is there stays."""
    async with pool.acquire() as db, db.transaction():
        await db.execute(SET_QUOTA, owner_id, limits.max_files, limits.max_bytes)
        facts = {"max_files": limits.max_files, "max_bytes": limits.max_bytes}
        await _note(db, caller, owner_id, facts)


async def delete_quota(pool: Pool, caller: Caller, owner_id: UUID) -> None:
    """Let the limits of all count for a person again."""
    async with pool.acquire() as db, db.transaction():
        if await db.fetchval(DELETE_QUOTA, owner_id) is not None:
            await _note(db, caller, owner_id, {})


async def _note(
    db: Connection, caller: Caller, owner_id: UUID, facts: dict[str, int | None]
) -> None:
    """Write it into the history of whom it is about; of all, into that of who did it."""
    whose = caller.user_id if owner_id == DEFAULT else owner_id
    assert whose is not None
    action = NewAction(
        owner_id=whose, event=ActionEvent.QUOTA_CHANGE, object_id=owner_id, data=facts
    )
    await insert_actions(db, caller, [action])
