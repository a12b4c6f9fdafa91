"""Delete a file for ever: it is gone for people at once, and from every server soon after."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

# Locked in one order, so that two who delete many do not wait for each other in a circle.
MARK_FILES_DELETED = """
WITH chosen AS (
    SELECT id FROM storage.files
    WHERE owner_id = $1 AND id = ANY($2::uuid[]) AND deleted_at IS NULL
        AND ($3::integer IS NULL OR revision = $3)
    ORDER BY id FOR UPDATE
)
UPDATE storage.files
SET deleted_at = now(), folder_id = NULL, updated_at = now(), revision = revision + 1
FROM chosen WHERE files.owner_id = $1 AND files.id = chosen.id
RETURNING files.id, files.name
"""
FIND_REVISION = """
SELECT revision FROM storage.files WHERE owner_id = $1 AND id = $2 AND deleted_at IS NULL
"""
MARK_VERSIONS_DELETING = f"""
UPDATE storage.versions SET {BECOMES_DELETING}
WHERE owner_id = $1 AND file_id = ANY($2::uuid[]) AND {MAY_BECOME_DELETING}
RETURNING id, file_id
"""


async def delete_file(
    pool: Pool, doorbell: Doorbell, caller: Caller, file: File, revision: int | None
) -> None:
    """Mark the file and all its versions; FILE_NOT_FOUND, PRECONDITION_FAILED."""
    async with pool.acquire() as db, db.transaction():
        rows = await mark_deleted(db, file.owner_id, [file.id], revision)
        if not rows:
            is_there = await db.fetchval(FIND_REVISION, file.owner_id, file.id)
            raise MeridianError(PRECONDITION_FAILED if is_there else FILE_NOT_FOUND)
        await note_deleted(db, caller, file.owner_id, rows)
    doorbell.ring()


async def mark_deleted(
    db: Connection, owner_id: UUID, file_ids: Sequence[UUID], revision: int | None = None
) -> list[Record]:
    """Mark files with all their versions; id and name of those that were there."""
    rows = await db.fetch(MARK_FILES_DELETED, owner_id, file_ids, revision)
    versions = await db.fetch(MARK_VERSIONS_DELETING, owner_id, [row["id"] for row in rows])
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
