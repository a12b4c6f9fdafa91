"""Delete what is in the trash for ever: all of a person, or what has been there for long enough."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from services.storage.files.delete import Still, mark_deleted, note_deleted
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


@dataclass(frozen=True, slots=True)
class Trash:
    """Deletes what has been there for so many days, for somebody or by time."""

    pool: Pool
    caller: Caller | None
    days: int

    async def delete_folders(self, owner_id: UUID, folder_ids: list[UUID]) -> None:
        """Delete those that are still there."""
        still = Still(trashed_days=self.days)
        async with self.pool.acquire() as db, db.transaction():
            await delete_folders(db, self.caller, owner_id, folder_ids, still)

    async def delete_files(self, owner_id: UUID, file_ids: list[UUID]) -> None:
        """Delete those that are still there."""
        still = Still(trashed_days=self.days)
        async with self.pool.acquire() as db, db.transaction():
            rows = await mark_deleted(db, owner_id, file_ids, still)
            await note_deleted(db, self.caller, owner_id, rows)


async def empty_trash(pool: Pool, doorbell: Doorbell, caller: Caller, owner_id: UUID) -> None:
    """Delete all of it; what comes in meanwhile may stay, and what is taken out does."""
    trash = Trash(pool, caller, 0)
    rows = await pool.fetch(LIST_TRASHED_FOLDERS, owner_id)
    await trash.delete_folders(owner_id, [row["id"] for row in rows])
    while rows := await pool.fetch(LIST_TRASHED_FILES, owner_id, FILES_AT_ONCE):
        await trash.delete_files(owner_id, [row["id"] for row in rows])
        doorbell.ring()


async def purge_trash(pool: Pool, doorbell: Doorbell, days: int) -> None:
    """Delete what anybody put there so many days ago, and has not taken out since."""
    trash = Trash(pool, None, days)
    while rows := await pool.fetch(LIST_OLD_FOLDERS, days, FILES_AT_ONCE):
        for row in rows:
            await trash.delete_folders(row["owner_id"], [row["id"]])
    while rows := await pool.fetch(LIST_OLD_FILES, days, FILES_AT_ONCE):
        by_owner: defaultdict[UUID, list[UUID]] = defaultdict(list)
        for row in rows:
            by_owner[row["owner_id"]].append(row["id"])
        for owner_id, file_ids in by_owner.items():
            await trash.delete_files(owner_id, file_ids)
        doorbell.ring()
