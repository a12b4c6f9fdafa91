"""Rename or move a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from services.storage.files.free_name import Slot, put
from services.storage.files.sort_key import sorting_of
from services.storage.history.events import ActionEvent
from shared.errors import FILE_TRASHED, MeridianError

if TYPE_CHECKING:
    from services.storage.caller import Caller
    from services.storage.files.destination import Destination
    from services.storage.files.files import File
    from shared.db import Pool

# A rename and a move at the same time are both carried out.
CHANGE_FILE: Final = """
WITH changed AS (
    UPDATE storage.files
    SET name = COALESCE($3, name), name_key = COALESCE($4, name_key),
        name_fold = COALESCE($5, name_fold), sort_version = COALESCE($6, sort_version),
        folder_id = CASE WHEN $7 THEN $8 ELSE folder_id END,
        updated_at = now(), revision = revision + 1
    WHERE owner_id = $1 AND id = $2 AND deleted_at IS NULL AND trashed_at IS NULL
        AND ($9::integer IS NULL OR revision = $9)
    RETURNING id
)
INSERT INTO storage.actions (owner_id, object_id, event, data, user_id, ip, place)
SELECT $1, id, $10, $11, $12, $13, $14 FROM changed RETURNING object_id
"""
NO_SORTING: Final = (None, None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A new name or folder, for a file at that revision or at any."""

    name: str | None = None
    destination: Destination | None = None
    may_rename: bool = False
    revision: int | None = None


async def change_file(pool: Pool, caller: Caller, file: File, change: Change) -> bool:
    """Carry a change out; False when the file is gone, or not at the expected revision.

    FILE_TRASHED; FILE_EXISTS and FOLDER_EXISTS, unless another name will do.
    """
    if file.trashed_at is not None:
        raise MeridianError(FILE_TRASHED)
    wanted = change.name or file.name
    folder_id = change.destination.folder_id if change.destination else file.folder_id

    async def attempt(name: str) -> bool:
        is_new = name != wanted or change.name is not None
        return await _change(pool, caller, file, replace(change, name=name if is_new else None))

    slot = Slot(file.owner_id, folder_id, wanted)
    return await put(pool, slot, attempt, may_rename=change.may_rename)


async def _change(pool: Pool, caller: Caller, file: File, change: Change) -> bool:
    name, destination = change.name, change.destination
    row = await pool.fetchval(
        CHANGE_FILE,
        file.owner_id,
        file.id,
        name,
        *(sorting_of(name) if name else NO_SORTING),
        destination is not None,
        destination and destination.folder_id,
        change.revision,
        *_action(file, change),
        caller.user_id,
        caller.ip,
        caller.place.city,
    )
    return row is not None


def _action(file: File, change: Change) -> tuple[ActionEvent, dict[str, Any]]:
    facts: dict[str, Any] = {"name": change.name or file.name}
    if change.name is not None and change.name != file.name:
        facts["old_name"] = file.name
    if change.destination is None:
        return ActionEvent.FILE_RENAME, facts
    return ActionEvent.FILE_MOVE, {
        **facts,
        "old_folder": file.folder,
        "folder": change.destination.path,
    }
