"""Move many files into one folder, as far as their names are free there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.storage.batch.known import find_files
from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from shared.errors import FILE_EXISTS, FILE_NOT_FOUND, FILE_TRASHED, FOLDER_EXISTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from services.storage.batch.outcome import Outcome
    from services.storage.caller import Caller
    from services.storage.files.destination import Destination
    from shared.db import Connection

# $1 owner, $2 files, $3 folder. Of several files of one name the first that was named gets there.
MOVE_FILES: Final = """
WITH locked AS (
    SELECT id, name FROM storage.files
    WHERE owner_id = $1 AND id = ANY($2::uuid[]) AND deleted_at IS NULL AND trashed_at IS NULL
    ORDER BY id FOR UPDATE
), chosen AS (
    SELECT id, name, EXISTS (SELECT FROM storage.folders
            WHERE owner_id = $1 AND parent_id IS NOT DISTINCT FROM $3 AND name = locked.name
                AND deleted_at IS NULL AND trashed_at IS NULL) AS is_folder,
        EXISTS (SELECT FROM storage.files
            WHERE owner_id = $1 AND folder_id IS NOT DISTINCT FROM $3 AND name = locked.name
                AND deleted_at IS NULL AND trashed_at IS NULL AND id <> locked.id)
        OR row_number() OVER (PARTITION BY name ORDER BY array_position($2::uuid[], id)) > 1
            AS is_file
    FROM locked
), moved AS (
    UPDATE storage.files
    SET folder_id = $3, updated_at = now(), revision = revision + 1
    FROM chosen
    WHERE files.owner_id = $1 AND files.id = chosen.id AND NOT is_folder AND NOT is_file
)
SELECT id, name, is_folder, is_file FROM chosen
"""


async def move_files(
    db: Connection,
    caller: Caller,
    file_ids: Sequence[UUID],
    destination: Destination,
    outcome: Outcome,
) -> None:
    """Move them, in a transaction; UniqueViolationError when somebody took a name just now."""
    owner_id = destination.owner_id
    rows = await db.fetch(MOVE_FILES, owner_id, file_ids, destination.folder_id)
    seen = {row["id"] for row in rows}
    await _fail_gone(db, owner_id, [one for one in file_ids if one not in seen], outcome)
    outcome.fail((row["id"] for row in rows if row["is_file"]), FILE_EXISTS)
    outcome.fail((row["id"] for row in rows if row["is_folder"]), FOLDER_EXISTS)
    actions = [
        NewAction(
            owner_id=owner_id,
            event=ActionEvent.FILE_MOVE,
            object_id=row["id"],
            data={"name": row["name"], "folder": destination.path},
        )
        for row in rows
        if not row["is_file"] and not row["is_folder"]
    ]
    await insert_actions(db, caller, actions)


async def _fail_gone(
    db: Connection, owner_id: UUID, file_ids: Sequence[UUID], outcome: Outcome
) -> None:
    """Say of files that are not there any more what became of them."""
    known = await find_files(db, owner_id, file_ids) if file_ids else {}
    outcome.fail((one for one in file_ids if one in known), FILE_TRASHED)
    outcome.fail((one for one in file_ids if one not in known), FILE_NOT_FOUND)
