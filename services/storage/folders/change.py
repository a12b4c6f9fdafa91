"""Rename or move a folder: one row, however much is in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from services.storage.files.access import Right, get_live_folder, refuse_carrying_out
from services.storage.files.folders import measure
from services.storage.files.free_name import Slot, put
from services.storage.files.sort_key import SORT_VERSION, sort_key
from services.storage.folders.limits import refuse_too_deep
from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from shared.errors import (
    FOLDER_IN_ITSELF,
    FOLDER_NOT_FOUND,
    PRECONDITION_FAILED,
    MeridianError,
)

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.files.folders import Folder
    from shared.db import Connection, Pool

# Two moves at once could make a ring of folders that nobody can reach, so they take turns.
LOCK_TREE: Final = """
SELECT pg_advisory_xact_lock(hashtextextended(concat('tree/', $1::uuid), 0))
"""
CHANGE_FOLDER: Final = """
UPDATE storage.folders
SET parent_id = $3, name = $4, name_key = $5, sort_version = $6, updated_at = now(),
    revision = revision + 1
WHERE owner_id = $1 AND id = $2 AND deleted_at IS NULL AND trashed_at IS NULL
    AND ($7::integer IS NULL OR revision = $7)
RETURNING id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderChange:
    """A new name or, when it `moves`, another parent, None being the top; or both."""

    name: str | None = None
    moves: bool = False
    parent_id: UUID | None = None
    may_rename: bool = False


async def refuse_move(
    db: Connection | Pool, user_id: UUID, folder: Folder, parent_id: UUID | None
) -> None:
    """Let somebody put a folder there; else PERMISSION_DENIED, FOLDER_NOT_FOUND, FOLDER_TRASHED."""
    parent = None
    if parent_id is not None:
        parent = await get_live_folder(db, user_id, parent_id, right=Right.WRITE)
    refuse_carrying_out(folder, parent.owner_id if parent else user_id, parent)


async def change_folder(
    pool: Pool, caller: Caller, folder: Folder, change: FolderChange, revision: int | None
) -> None:
    """Carry a change out.

    FOLDER_NOT_FOUND, FOLDER_TRASHED, FOLDER_IN_ITSELF, PRECONDITION_FAILED, VALIDATION_FAILED;
    FOLDER_EXISTS and FILE_EXISTS, unless another name will do.
    """
    parent_id = change.parent_id if change.moves else folder.parent_id
    slot = Slot(folder.owner_id, parent_id, change.name or folder.name)

    async def attempt(name: str) -> None:
        is_new = name != slot.name or change.name is not None
        wanted = replace(change, name=name if is_new else None)
        async with pool.acquire() as db, db.transaction():
            await db.execute(LOCK_TREE, folder.owner_id)
            await _change(db, caller, folder, wanted, revision)

    await put(pool, slot, attempt, may_rename=change.may_rename)


async def _change(
    db: Connection, caller: Caller, folder: Folder, change: FolderChange, revision: int | None
) -> None:
    before = await get_live_folder(db, folder.owner_id, folder.id, right=Right.WRITE)
    parent_id = change.parent_id if change.moves else before.parent_id
    slot = Slot(before.owner_id, parent_id, change.name or before.name)
    path = await _new_path(db, before, slot)
    changed = await db.fetchval(
        CHANGE_FOLDER,
        slot.owner_id,
        before.id,
        slot.folder_id,
        slot.name,
        sort_key(slot.name),
        SORT_VERSION,
        revision,
    )
    if changed is None:
        raise MeridianError(PRECONDITION_FAILED if revision else FOLDER_NOT_FOUND)
    await insert_actions(db, caller, [_action(before, slot, path)])


async def _new_path(db: Connection, before: Folder, slot: Slot) -> str:
    above = ""
    if slot.folder_id is not None:
        parent = await get_live_folder(db, slot.owner_id, slot.folder_id, right=Right.WRITE)
        above = parent.path
    path = f"{above}/{slot.name}"
    extent = await measure(db, slot.owner_id, before.id, slot.folder_id)
    if extent.holds:
        raise MeridianError(FOLDER_IN_ITSELF)
    below = extent.bytes - len(before.name.encode()) - 1
    refuse_too_deep(path, "parent_id" if above else "name", extent.depth - 1, below)
    return path


def _action(before: Folder, slot: Slot, path: str) -> NewAction:
    facts: dict[str, Any] = {"name": slot.name}
    if slot.name != before.name:
        facts["old_name"] = before.name
    event = ActionEvent.FOLDER_RENAME
    if slot.folder_id != before.parent_id:
        event = ActionEvent.FOLDER_MOVE
        facts |= {"old_path": before.path, "path": path}
    return NewAction(owner_id=before.owner_id, event=event, object_id=before.id, data=facts)
