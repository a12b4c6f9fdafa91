"""Erase what is in deleted folders, and the folders when nothing is in them any more."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from asyncpg import ForeignKeyViolationError

from services.storage.files.delete import Still, mark_deleted
from services.storage.lists import BEFORE_ALL_TIMES
from shared.setbacks import Setbacks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from services.storage.events.doorbell import Doorbell
    from shared.db import Pool

FOLDERS_AT_ONCE: Final = 500
FILES_AT_ONCE: Final = 500

LIST_DELETED: Final = """
SELECT deleted_at, owner_id, id FROM storage.folders
WHERE deleted_at IS NOT NULL AND (deleted_at, id) > ($1, $2) ORDER BY deleted_at, id LIMIT $3
"""
LIST_FOLDERS_IN: Final = """
SELECT id FROM storage.folders WHERE owner_id = $1 AND parent_id = ANY($2::uuid[]) LIMIT $3
"""
LIST_FILES_IN: Final = """
SELECT id, folder_id FROM storage.files
WHERE owner_id = $1 AND folder_id = ANY($2::uuid[]) LIMIT $3
"""
DROP_FOLDERS: Final = "DELETE FROM storage.folders WHERE owner_id = $1 AND id = ANY($2::uuid[])"


async def erase_folders(pool: Pool, doorbell: Doorbell) -> None:
    """Go through all deleted folders; one that is just being filled waits for the next run."""
    setbacks = Setbacks()
    behind = BEFORE_ALL_TIMES
    while rows := await pool.fetch(LIST_DELETED, *behind, FOLDERS_AT_ONCE):
        for row in rows:
            with setbacks.passed_over("folder", row["id"]), suppress(ForeignKeyViolationError):
                await _erase(pool, doorbell, row["owner_id"], [row["id"]])
        behind = rows[-1]["deleted_at"], rows[-1]["id"]
    setbacks.tell()


async def _erase(pool: Pool, doorbell: Doorbell, owner_id: UUID, page: Sequence[UUID]) -> None:
    """What is below goes first, a page at a time, so that no statement grows with the tree."""
    while rows := await pool.fetch(LIST_FOLDERS_IN, owner_id, page, FOLDERS_AT_ONCE):
        await _erase(pool, doorbell, owner_id, [row["id"] for row in rows])
    while await _delete_some(pool, owner_id, page):
        doorbell.ring()
    await pool.execute(DROP_FOLDERS, owner_id, page)


async def _delete_some(pool: Pool, owner_id: UUID, folder_ids: Sequence[UUID]) -> bool:
    """Delete some of the files, but for what was just moved away; whether there were any."""
    async with pool.acquire() as db, db.transaction():
        rows = await db.fetch(LIST_FILES_IN, owner_id, folder_ids, FILES_AT_ONCE)
        still = Still(folder_ids=[row["folder_id"] for row in rows])
        deleted = await mark_deleted(db, owner_id, [row["id"] for row in rows], still)
    return bool(deleted)
