"""Put files and folders into the trash: their names are free again, they cannot be downloaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.storage.folders.change import LOCK_TREE
from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from asyncpg import Record

    from services.storage.caller import Caller
    from shared.db import Connection

TRASH_FILES: Final = """
WITH chosen AS (
    SELECT id FROM storage.files
    WHERE owner_id = $1 AND id = ANY($2::uuid[]) AND deleted_at IS NULL AND trashed_at IS NULL
    ORDER BY id FOR UPDATE
)
UPDATE storage.files SET trashed_at = now(), updated_at = now(), revision = revision + 1
FROM chosen WHERE files.owner_id = $1 AND files.id = chosen.id
RETURNING files.id, files.name
"""
TRASH_FOLDERS: Final = """
UPDATE storage.folders SET trashed_at = now(), updated_at = now(), revision = revision + 1
WHERE owner_id = $1 AND id = ANY($2::uuid[]) AND deleted_at IS NULL AND trashed_at IS NULL
RETURNING id, name
"""


async def trash_files(
    db: Connection, caller: Caller, owner_id: UUID, file_ids: Sequence[UUID]
) -> None:
    """Put files there, in a transaction; what is there stays as it is."""
    rows = await db.fetch(TRASH_FILES, owner_id, file_ids)
    await _note(db, caller, owner_id, ActionEvent.FILE_TRASH, rows)


async def trash_folders(
    db: Connection, caller: Caller, owner_id: UUID, folder_ids: Sequence[UUID]
) -> None:
    """Put folders there with all that is in them, in a transaction."""
    await db.execute(LOCK_TREE, owner_id)
    rows = await db.fetch(TRASH_FOLDERS, owner_id, folder_ids)
    await _note(db, caller, owner_id, ActionEvent.FOLDER_TRASH, rows)


async def _note(
    db: Connection, caller: Caller, owner_id: UUID, event: ActionEvent, rows: Sequence[Record]
) -> None:
    actions = [
        NewAction(owner_id=owner_id, event=event, object_id=row["id"], data={"name": row["name"]})
        for row in rows
    ]
    await insert_actions(db, caller, actions)
