"""Delete a folder for ever: hidden from people at once, erased by a job soon after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.storage.files.delete import ANYHOW, STILL_IN_TRASH, Still
from services.storage.folders.change import LOCK_TREE
from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from shared.batches import in_batches
from shared.errors import FOLDER_NOT_FOUND, PRECONDITION_FAILED, MeridianError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.files.folders import Folder
    from shared.db import Connection, Pool

KEPT_AT_ONCE: Final = 5000

MARK_FOLDERS_DELETED: Final = f"""
UPDATE storage.folders SET deleted_at = now(), updated_at = now(), revision = revision + 1
WHERE owner_id = $1 AND id = ANY($2::uuid[]) AND deleted_at IS NULL
    AND ($3::integer IS NULL OR revision = $3) AND {STILL_IN_TRASH}
RETURNING id, name
"""
# $1 owner, $2 folders: they and all that goes with them, which nothing does that is in the trash.
BELOW: Final = """
below AS (
    SELECT unnest($2::uuid[]) AS id
    UNION
    SELECT folders.id FROM below
    JOIN storage.folders ON folders.owner_id = $1 AND folders.parent_id = below.id
        AND folders.trashed_at IS NULL
)
"""
# What was put into the trash by itself stays there, and would be restored to the top.
KEEP_TRASHED_FILES: Final = f"""
WITH RECURSIVE {BELOW} UPDATE storage.files SET folder_id = NULL
WHERE owner_id = $1 AND id IN (
    SELECT id FROM storage.files WHERE owner_id = $1 AND folder_id IN (SELECT id FROM below)
        AND trashed_at IS NOT NULL AND deleted_at IS NULL LIMIT $3)
RETURNING id
"""
KEEP_TRASHED_FOLDERS: Final = f"""
WITH RECURSIVE {BELOW} UPDATE storage.folders SET parent_id = NULL
WHERE owner_id = $1 AND id IN (
    SELECT id FROM storage.folders WHERE owner_id = $1 AND parent_id IN (SELECT id FROM below)
        AND id <> ALL($2::uuid[]) AND trashed_at IS NOT NULL AND deleted_at IS NULL LIMIT $3)
RETURNING id
"""


async def delete_folder(
    pool: Pool, caller: Caller, folder: Folder, revision: int | None = None
) -> None:
    """Mark a folder; FOLDER_NOT_FOUND, PRECONDITION_FAILED."""
    async with pool.acquire() as db, db.transaction():
        still = Still(revision=revision)
        deleted = await delete_folders(db, caller, folder.owner_id, [folder.id], still)
    if not deleted:
        raise MeridianError(PRECONDITION_FAILED if revision else FOLDER_NOT_FOUND)


async def delete_folders(
    db: Connection,
    caller: Caller | None,
    owner_id: UUID,
    folder_ids: Sequence[UUID],
    still: Still = ANYHOW,
) -> list[UUID]:
    """Mark folders with all that is below them; those that were there."""
    await db.execute(LOCK_TREE, owner_id)
    expected = still.revision, still.trashed_days
    rows = await db.fetch(MARK_FOLDERS_DELETED, owner_id, folder_ids, *expected)
    deleted = [row["id"] for row in rows]
    for keep in (KEEP_TRASHED_FOLDERS, KEEP_TRASHED_FILES):
        await in_batches(db, keep, owner_id, deleted, most=KEPT_AT_ONCE)
    actions = [
        NewAction(
            owner_id=owner_id,
            event=ActionEvent.FOLDER_DELETE,
            object_id=row["id"],
            data={"name": row["name"]},
        )
        for row in rows
    ]
    await insert_actions(db, caller, actions)
    return deleted
