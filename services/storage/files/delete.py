"""Delete a file for ever: it is gone for people at once, and from every server soon after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.storage.events.outbox import insert_events
from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from shared.errors import FILE_NOT_FOUND, PRECONDITION_FAILED, MeridianError
from shared.events import FileDeleted

if TYPE_CHECKING:
    from services.storage.caller import Caller
    from services.storage.events.doorbell import Doorbell
    from services.storage.files.files import File
    from shared.db import Pool

MARK_FILE_DELETED = """
UPDATE storage.files
SET deleted_at = now(), folder_id = NULL, updated_at = now(), revision = revision + 1
WHERE owner_id = $1 AND id = $2 AND deleted_at IS NULL AND ($3::integer IS NULL OR revision = $3)
RETURNING name
"""
FIND_REVISION = """
SELECT revision FROM storage.files WHERE owner_id = $1 AND id = $2 AND deleted_at IS NULL
"""
# What a client may have put, or may still put, is left to the sweep, which looks at once
# and again when the URL is dead.
MARK_VERSIONS_DELETING = """
UPDATE storage.versions SET state = 'DELETING', settle_until = NULL,
    next_check_at = CASE WHEN state = 'PENDING' THEN now() ELSE next_check_at END
WHERE owner_id = $1 AND file_id = $2 AND state IN ('PENDING', 'STORED') RETURNING id
"""


async def delete_file(
    pool: Pool, doorbell: Doorbell, caller: Caller, file: File, revision: int | None
) -> None:
    """Mark the file and all its versions; FILE_NOT_FOUND, PRECONDITION_FAILED."""
    async with pool.acquire() as db, db.transaction():
        name = await db.fetchval(MARK_FILE_DELETED, file.owner_id, file.id, revision)
        if name is None:
            is_there = await db.fetchval(FIND_REVISION, file.owner_id, file.id)
            raise MeridianError(PRECONDITION_FAILED if is_there else FILE_NOT_FOUND)
        versions = await db.fetch(MARK_VERSIONS_DELETING, file.owner_id, file.id)
        events = [
            FileDeleted(file_id=file.id, version_id=row["id"], owner_id=file.owner_id)
            for row in versions
        ]
        await insert_events(db, events)
        deleted = NewAction(
            owner_id=file.owner_id,
            event=ActionEvent.FILE_DELETE,
            object_id=file.id,
            data={"name": name},
        )
        await insert_actions(db, caller, [deleted])
    doorbell.ring()
