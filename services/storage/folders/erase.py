"""Erase what is in deleted folders, and the folders when nothing is in them any more."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from asyncpg import ForeignKeyViolationError

from services.storage.files.delete import Still, mark_deleted
from services.storage.folders.delete import BELOW

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.events.doorbell import Doorbell
    from shared.db import Pool

FOLDERS_AT_ONCE: Final = 50
FILES_AT_ONCE: Final = 500

LIST_DELETED: Final = """
SELECT owner_id, id FROM storage.folders WHERE deleted_at IS NOT NULL ORDER BY deleted_at LIMIT $1
"""
LIST_FILES_BELOW: Final = f"""
WITH RECURSIVE {BELOW} SELECT id, folder_id FROM storage.files
WHERE owner_id = $1 AND folder_id IN (SELECT id FROM below) LIMIT $3
"""
DROP_FOLDERS: Final = f"""
WITH RECURSIVE {BELOW}
DELETE FROM storage.folders WHERE owner_id = $1 AND id IN (SELECT id FROM below)
"""


async def erase_folders(pool: Pool, doorbell: Doorbell) -> None:
    """Go through all deleted folders; one that is just being filled waits for the next run."""
    while rows := await pool.fetch(LIST_DELETED, FOLDERS_AT_ONCE):
        before = [row["id"] for row in rows]
        for row in rows:
            await _erase(pool, doorbell, row["owner_id"], row["id"])
        left = await pool.fetch(LIST_DELETED, FOLDERS_AT_ONCE)
        if before == [row["id"] for row in left]:
            return


async def _erase(pool: Pool, doorbell: Doorbell, owner_id: UUID, folder_id: UUID) -> None:
    while await _delete_some(pool, owner_id, folder_id):
        doorbell.ring()
    with suppress(ForeignKeyViolationError):
        await pool.execute(DROP_FOLDERS, owner_id, [folder_id])


async def _delete_some(pool: Pool, owner_id: UUID, folder_id: UUID) -> bool:
    """Delete some of the files, but for what was just moved away; whether there were any."""
    async with pool.acquire() as db, db.transaction():
        rows = await db.fetch(LIST_FILES_BELOW, owner_id, [folder_id], FILES_AT_ONCE)
        still = Still(folder_ids=[row["folder_id"] for row in rows])
        deleted = await mark_deleted(db, owner_id, [row["id"] for row in rows], still)
    return bool(deleted)
