"""Delete what is in the trash for ever: all of a person, or what has been there for long enough."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from services.storage.files.delete import mark_deleted, note_deleted
from services.storage.folders.delete import delete_folders

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.events.doorbell import Doorbell
    from shared.db import Pool

FILES_AT_ONCE: Final = 500

LIST_TRASHED_FOLDERS: Final = """
SELECT id FROM storage.folders
WHERE owner_id = $1 AND trashed_at <= now() AND deleted_at IS NULL
"""
LIST_TRASHED_FILES: Final = """
SELECT id FROM storage.files
WHERE owner_id = $1 AND trashed_at IS NOT NULL AND deleted_at IS NULL LIMIT $2
"""
LIST_OLD_FOLDERS: Final = """
SELECT owner_id, id FROM storage.folders
WHERE trashed_at < now() - make_interval(days => $1) AND deleted_at IS NULL
ORDER BY trashed_at LIMIT $2
"""
LIST_OLD_FILES: Final = """
SELECT owner_id, id FROM storage.files
WHERE trashed_at < now() - make_interval(days => $1) AND deleted_at IS NULL
ORDER BY trashed_at LIMIT $2
"""


async def empty_trash(pool: Pool, doorbell: Doorbell, caller: Caller, owner_id: UUID) -> None:
    """Delete all of it; what comes in meanwhile may stay."""
    rows = await pool.fetch(LIST_TRASHED_FOLDERS, owner_id)
    await _delete_folders(pool, caller, owner_id, [row["id"] for row in rows])
    while rows := await pool.fetch(LIST_TRASHED_FILES, owner_id, FILES_AT_ONCE):
        await _delete_files(pool, caller, owner_id, [row["id"] for row in rows])
        doorbell.ring()


async def purge_trash(pool: Pool, doorbell: Doorbell, days: int) -> None:
    """Delete what anybody put there so many days ago."""
    while rows := await pool.fetch(LIST_OLD_FOLDERS, days, FILES_AT_ONCE):
        for row in rows:
            await _delete_folders(pool, None, row["owner_id"], [row["id"]])
    while rows := await pool.fetch(LIST_OLD_FILES, days, FILES_AT_ONCE):
        by_owner: defaultdict[UUID, list[UUID]] = defaultdict(list)
        for row in rows:
            by_owner[row["owner_id"]].append(row["id"])
        for owner_id, file_ids in by_owner.items():
            await _delete_files(pool, None, owner_id, file_ids)
        doorbell.ring()


async def _delete_folders(
    pool: Pool, caller: Caller | None, owner_id: UUID, folder_ids: list[UUID]
) -> None:
    async with pool.acquire() as db, db.transaction():
        await delete_folders(db, caller, owner_id, folder_ids)


async def _delete_files(
    pool: Pool, caller: Caller | None, owner_id: UUID, file_ids: list[UUID]
) -> None:
    async with pool.acquire() as db, db.transaction():
        rows = await mark_deleted(db, owner_id, file_ids)
        await note_deleted(db, caller, owner_id, rows)
