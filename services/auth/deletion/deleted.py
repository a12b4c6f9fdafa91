"""Deleted accounts: which, and until when they can be restored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.account_events import AccountEvent

if TYPE_CHECKING:
    from uuid import UUID

    from asyncpg import Record

    from shared.db import Connection, Pool

KEEP_DAYS: Final = 30

# The version of the credentials grows with every change of what an account may do.
COLUMNS: Final = f"""id AS user_id, credentials_version AS version,
    deleted_at + make_interval(days => {KEEP_DAYS}) AS erase_at,
    deleted_at IS NULL AND NOT is_active AS is_switched_off"""
MARK_DELETED: Final = f"""
UPDATE auth.users
SET deleted_at = now(), is_active = false, updated_at = now(), revision = revision + 1,
    credentials_version = credentials_version + 1
WHERE id = $1 AND deleted_at IS NULL RETURNING {COLUMNS}
"""
UNMARK_DELETED: Final = f"""
UPDATE auth.users
SET deleted_at = NULL, is_active = true, on_again_at = now(), updated_at = now(),
    revision = revision + 1, credentials_version = credentials_version + 1
WHERE id = $1 AND deleted_at > now() - make_interval(days => {KEEP_DAYS}) RETURNING {COLUMNS}
"""
SWITCH: Final = f"""
UPDATE auth.users
SET is_active = $2, on_again_at = CASE WHEN $2 THEN now() END,
    credentials_version = credentials_version + 1
WHERE id = $1 RETURNING {COLUMNS}
"""
# Who is on again is told of until after the time at which storage would erase their files.
LIST_CHANGED: Final = f"""
SELECT {COLUMNS} FROM auth.users
WHERE NOT is_active OR on_again_at > now() - make_interval(days => {KEEP_DAYS + 1})
"""
IS_DUE: Final = f"deleted_at <= now() - make_interval(days => {KEEP_DAYS})"
LIST_DUE: Final = f"SELECT id FROM auth.users WHERE {IS_DUE} AND id > $1 ORDER BY id LIMIT $2"
# One that another process erases is left to it.
LOCK_DUE: Final = f"""
SELECT id FROM auth.users WHERE id = $1 AND {IS_DUE} FOR UPDATE SKIP LOCKED
"""
DELETE_ROW: Final = f"DELETE FROM auth.users WHERE id = $1 RETURNING {COLUMNS}"


async def mark_deleted(db: Connection, user_id: UUID) -> AccountEvent | None:
    """Switch an account off for good; None when that was done before."""
    return _read(await db.fetchrow(MARK_DELETED, user_id))


async def unmark_deleted(db: Connection, user_id: UUID) -> AccountEvent | None:
    """Take a deletion back; None when it is too late, or there was none."""
    return _read(await db.fetchrow(UNMARK_DELETED, user_id))


async def switch(db: Connection, user_id: UUID, *, is_active: bool) -> AccountEvent:
    """Say whether somebody whose account is not deleted may sign in."""
    row = await db.fetchrow(SWITCH, user_id, is_active)
    assert row is not None
    return AccountEvent(**row)


async def list_changed(db: Connection) -> list[AccountEvent]:
    """Every account that is off, or was within the month."""
    return [AccountEvent(**row) for row in await db.fetch(LIST_CHANGED)]


async def list_due(db: Connection | Pool, behind: UUID, limit: int) -> list[UUID]:
    """Accounts whose time is over, in the order of their ids."""
    return [row["id"] for row in await db.fetch(LIST_DUE, behind, limit)]


async def lock_due(db: Connection, user_id: UUID) -> bool:
    """Hold an account whose time is over; False when it is gone, or another process has it."""
    return await db.fetchval(LOCK_DUE, user_id) is not None


async def delete_row(db: Connection, user_id: UUID) -> AccountEvent:
    """Delete an account that `lock_due` holds, with all that is left of it."""
    row = await db.fetchrow(DELETE_ROW, user_id)
    assert row is not None
    return AccountEvent(**row)


def _read(row: Record | None) -> AccountEvent | None:
    return None if row is None else AccountEvent(**row)
