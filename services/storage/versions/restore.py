"""Make an old version the current one again: it gets the next number, and nothing is copied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from services.storage.versions.versions import find_version
from shared.errors import FILE_NOT_FOUND, FILE_TRASHED, VERSION_NOT_FOUND, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from asyncpg import Record

    from services.storage.caller import Caller
    from services.storage.files.files import File
    from shared.db import Connection, Pool

LOCK_FILE: Final = """
SELECT current_number, current_version_id FROM storage.files
WHERE owner_id = $1 AND id = $2 AND deleted_at IS NULL FOR UPDATE
"""
MAKE_CURRENT: Final = """
UPDATE storage.files
SET versions_made = versions_made + 1, current_number = versions_made + 1,
    current_version_id = $3, size = $4, updated_at = now(), revision = revision + 1
WHERE owner_id = $1 AND id = $2 RETURNING current_number
"""
INSERT_RESTORED: Final = """
INSERT INTO storage.restored_versions
    (owner_id, file_id, number, version_id, restored_from, created_by)
VALUES ($1, $2, $3, $4, $5, $6)
"""


async def lock_file(db: Connection, owner_id: UUID, file_id: UUID) -> Record:
    """Hold a file, so that its versions stay as they are; FILE_NOT_FOUND."""
    row = await db.fetchrow(LOCK_FILE, owner_id, file_id)
    if row is None:
        raise MeridianError(FILE_NOT_FOUND)
    return row


async def restore_version(pool: Pool, caller: Caller, file: File, number: int) -> None:
    """Make it current, unless it is; VERSION_NOT_FOUND, FILE_TRASHED, FILE_NOT_FOUND."""
    if file.trashed_at is not None:
        raise MeridianError(FILE_TRASHED)
    async with pool.acquire() as db, db.transaction():
        current = await lock_file(db, file.owner_id, file.id)
        old = await find_version(db, file.owner_id, file.id, number)
        if old is None:
            raise MeridianError(VERSION_NOT_FOUND)
        if old.id == current["current_version_id"]:
            return
        place = file.owner_id, file.id
        made = await db.fetchval(MAKE_CURRENT, *place, old.id, old.size)
        await db.execute(INSERT_RESTORED, *place, made, old.id, number, caller.user_id)
        action = NewAction(
            owner_id=file.owner_id,
            event=ActionEvent.VERSION_RESTORE,
            object_id=file.id,
            data={"name": file.name, "version": made, "restored_from": number},
        )
        await insert_actions(db, caller, [action])
