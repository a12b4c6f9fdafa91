"""Delete a file for ever: it is gone for people at once, and from every server soon after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from shared.catalog.outbox import insert_events
from shared.catalog.version_states import BECOMES_DELETING, MAY_BECOME_DELETING
from shared.errors import FILE_NOT_FOUND, PRECONDITION_FAILED, MeridianError
from shared.events import FileDeleted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from asyncpg import Record

    from services.storage.caller import Caller
    from services.storage.events.doorbell import Doorbell
    from services.storage.files.files import File
    from shared.db import Connection, Pool

# $4 days. What was read as being in the trash may have been taken out since, so this is looked at
# under the lock of the row.
STILL_IN_TRASH: Final = """
($4::integer IS NULL OR trashed_at IS NOT NULL
    AND ($4 = 0 OR trashed_at < now() - make_interval(days => $4)))
"""
# Locked in one order, so that two who delete many do not wait for each other in a circle.
LOCK_FILES: Final = f"""
SELECT id, name FROM storage.files
WHERE owner_id = $1 AND id = ANY($2::uuid[]) AND deleted_at IS NULL
    AND ($3::integer IS NULL OR revision = $3) AND {STILL_IN_TRASH}
    AND ($5::uuid[] IS NULL OR folder_id = ANY($5))
ORDER BY id FOR UPDATE
"""
MARK_FILES_DELETED: Final = """
UPDATE storage.files
SET deleted_at = now(), folder_id = NULL, updated_at = now(), revision = revision + 1
WHERE owner_id = $1 AND id = ANY($2::uuid[])
"""
FIND_REVISION: Final = """
SELECT revision FROM storage.files WHERE owner_id = $1 AND id = $2 AND deleted_at IS NULL
"""
# What is still arriving makes room in its file request: those are locked in one order, too.
MARK_VERSIONS_DELETING: Final = f"""
WITH drops AS (
    SELECT id FROM storage.drops WHERE owner_id = $1 AND id IN (
        SELECT drop_id FROM storage.versions JOIN storage.drop_files
            ON drop_files.owner_id = versions.owner_id AND drop_files.version_id = versions.id
        WHERE versions.owner_id = $1 AND file_id = ANY($2::uuid[]) AND state = 'PENDING')
    ORDER BY id FOR NO KEY UPDATE
)
UPDATE storage.versions SET {BECOMES_DELETING}
WHERE owner_id = $1 AND file_id = ANY($2::uuid[]) AND {MAY_BECOME_DELETING}
    AND (SELECT count(*) FROM drops) >= 0
RETURNING id, file_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """What must still be so of a thing when it is deleted; None: whatever.

    Its revision; for how many days it has been in the trash by itself; in which folders it is.
    """

    revision: int | None = None
    trashed_days: int | None = None
    folder_ids: Sequence[UUID] | None = None


ANYHOW: Final = Still()


async def delete_file(
    pool: Pool, doorbell: Doorbell, caller: Caller, file: File, revision: int | None
) -> None:
    """Mark the file and all its versions; FILE_NOT_FOUND, PRECONDITION_FAILED."""
    async with pool.acquire() as db, db.transaction():
        rows = await mark_deleted(db, file.owner_id, [file.id], Still(revision=revision))
        if not rows:
            is_there = await db.fetchval(FIND_REVISION, file.owner_id, file.id)
            raise MeridianError(PRECONDITION_FAILED if is_there else FILE_NOT_FOUND)
        await note_deleted(db, caller, file.owner_id, rows)
    doorbell.ring()


async def mark_deleted(
    db: Connection, owner_id: UUID, file_ids: Sequence[UUID], still: Still = ANYHOW
) -> list[Record]:
    """Mark files with all their versions; id and name of those that were there.

    The versions first: as by every upload, file requests are locked before what people use.
    """
    expected = still.revision, still.trashed_days, still.folder_ids
    rows = await db.fetch(LOCK_FILES, owner_id, file_ids, *expected)
    locked = [row["id"] for row in rows]
    versions = await db.fetch(MARK_VERSIONS_DELETING, owner_id, locked)
    await db.execute(MARK_FILES_DELETED, owner_id, locked)
    events = [
        FileDeleted(file_id=row["file_id"], version_id=row["id"], owner_id=owner_id)
        for row in versions
    ]
    await insert_events(db, events)
    return rows


async def note_deleted(
    db: Connection, caller: Caller | None, owner_id: UUID, rows: Sequence[Record]
) -> None:
    """Write deletions into the history."""
    actions = [
        NewAction(
            owner_id=owner_id,
            event=ActionEvent.FILE_DELETE,
            object_id=row["id"],
            data={"name": row["name"]},
        )
        for row in rows
    ]
    await insert_actions(db, caller, actions)
