"""Delete what is in the trash for ever: all of a person, or what has been there for long enough."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from services.storage.files.delete import Still, mark_deleted, note_deleted
from services.storage.folders.delete import delete_folders
from services.storage.lists import BEFORE_ALL_TIMES
from shared.setbacks import Setbacks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.events.doorbell import Doorbell
    from shared.db import Pool

    Thing = tuple[UUID, UUID]

AT_ONCE: Final = 500

LIST_TRASHED_FOLDERS: Final = """
SELECT id FROM storage.folders
WHERE owner_id = $1 AND trashed_at <= now() AND deleted_at IS NULL LIMIT $2
"""
LIST_TRASHED_FILES: Final = """
SELECT id FROM storage.files
WHERE owner_id = $1 AND trashed_at IS NOT NULL AND deleted_at IS NULL LIMIT $2
"""
LIST_OLD: Final = """
SELECT trashed_at, owner_id, id FROM storage.{table}
WHERE trashed_at < now() - make_interval(days => $1) AND deleted_at IS NULL
    AND (trashed_at, id) > ($2, $3)
ORDER BY trashed_at, id LIMIT $4
"""
LIST_OLD_FOLDERS: Final = LIST_OLD.format(table="folders")
LIST_OLD_FILES: Final = LIST_OLD.format(table="files")


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
    while rows := await pool.fetch(LIST_TRASHED_FOLDERS, owner_id, AT_ONCE):
        await trash.delete_folders(owner_id, [row["id"] for row in rows])
    while rows := await pool.fetch(LIST_TRASHED_FILES, owner_id, AT_ONCE):
        await trash.delete_files(owner_id, [row["id"] for row in rows])
        doorbell.ring()


async def purge_trash(pool: Pool, doorbell: Doorbell, days: int) -> None:
    """Delete what anybody put there so many days ago, and has not taken out since."""
    trash = Trash(pool, None, days)
    setbacks = Setbacks()
    async for rows in _old(pool, LIST_OLD_FOLDERS, days):
        for owner_id, folder_id in rows:
            with setbacks.passed_over("trashed folder", folder_id):
                await trash.delete_folders(owner_id, [folder_id])
    async for rows in _old(pool, LIST_OLD_FILES, days):
        by_owner: defaultdict[UUID, list[UUID]] = defaultdict(list)
        for owner_id, file_id in rows:
            by_owner[owner_id].append(file_id)
        for owner_id, file_ids in by_owner.items():
            with setbacks.passed_over("trashed files", owner_id):
                await trash.delete_files(owner_id, file_ids)
        doorbell.ring()
    setbacks.tell()


async def _old(pool: Pool, listed: str, days: int) -> AsyncIterator[list[Thing]]:
    """Owners and ids of what has been there for so many days: what fails is not met again."""
    behind = BEFORE_ALL_TIMES
    while rows := await pool.fetch(listed, days, *behind, AT_ONCE):
        yield [(row["owner_id"], row["id"]) for row in rows]
        behind = rows[-1]["trashed_at"], rows[-1]["id"]
