"""Take a file or a folder out of the trash: to where it was or, if that is gone, to the top."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.storage.files.access import Right, get_file, get_folder
from services.storage.files.files import LOCK_FILE, OWNER
from services.storage.files.folders import find_folder
from services.storage.files.free_name import Slot, put
from services.storage.files.sort_key import SORT_VERSION, sort_key, sorting_of
from services.storage.folders.change import LOCK_TREE
from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from shared.errors import FOLDER_TRASHED, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.files.files import File
    from services.storage.files.folders import Folder
    from shared.db import Connection, Pool

RESTORE_FILE: Final = """
UPDATE storage.files
SET trashed_at = NULL, folder_id = $3, name = $4, name_key = $5, name_fold = $6,
    sort_version = $7, updated_at = now(), revision = revision + 1
WHERE owner_id = $1 AND id = $2
"""
RESTORE_FOLDER: Final = """
UPDATE storage.folders
SET trashed_at = NULL, parent_id = $3, name = $4, name_key = $5, sort_version = $6,
    updated_at = now(), revision = revision + 1
WHERE owner_id = $1 AND id = $2
"""


async def restore_file(pool: Pool, caller: Caller, file: File, *, may_rename: bool) -> None:
    """Take a file out, with another name if need be.

    FILE_NOT_FOUND, FILE_EXISTS, FOLDER_EXISTS; FOLDER_TRASHED for who is not its owner.
    """
    if file.trashed_at is None:
        return
    slot = Slot(file.owner_id, await _place(pool, file, file.folder_id), file.name)

    async def attempt(name: str) -> None:
        async with pool.acquire() as db, db.transaction():
            await db.execute(LOCK_TREE, file.owner_id)
            await db.execute(LOCK_FILE, file.owner_id, file.id)
            await _restore_file(db, caller, file.id, None if name == slot.name else name)

    await put(pool, slot, attempt, may_rename=may_rename)


async def restore_folder(pool: Pool, caller: Caller, folder: Folder, *, may_rename: bool) -> None:
    """Take a folder out with all that is in it, but for what was thrown away before it.

    FOLDER_NOT_FOUND, FILE_EXISTS, FOLDER_EXISTS; FOLDER_TRASHED for who is not its owner.
    """
    if folder.trashed_at is None:
        return
    place = await _place(pool, folder, folder.parent_id)
    slot = Slot(folder.owner_id, place, folder.name)

    async def attempt(name: str) -> None:
        async with pool.acquire() as db, db.transaction():
            await db.execute(LOCK_TREE, folder.owner_id)
            await _restore_folder(db, caller, folder.id, None if name == slot.name else name)

    await put(pool, slot, attempt, may_rename=may_rename)


async def _restore_file(
    db: Connection, caller: Caller, file_id: UUID, new_name: str | None
) -> None:
    """Take out a file that is locked, as it is by now."""
    assert caller.user_id is not None
    file = await get_file(db, caller.user_id, file_id, right=Right.WRITE)
    if file.trashed_at is None:
        return
    place = await _place(db, file, file.folder_id)
    name = new_name or file.name
    await db.execute(RESTORE_FILE, file.owner_id, file.id, place, name, *sorting_of(name))
    await insert_actions(db, caller, [_action(ActionEvent.FILE_RESTORE, file, name)])


async def _restore_folder(
    db: Connection, caller: Caller, folder_id: UUID, new_name: str | None
) -> None:
    """Take out a folder while all folders are locked, as it is by now."""
    assert caller.user_id is not None
    folder = await get_folder(db, caller.user_id, folder_id, right=Right.WRITE)
    if folder.trashed_at is None:
        return
    place = await _place(db, folder, folder.parent_id)
    name = new_name or folder.name
    sorting = sort_key(name), SORT_VERSION
    await db.execute(RESTORE_FOLDER, folder.owner_id, folder.id, place, name, *sorting)
    await insert_actions(db, caller, [_action(ActionEvent.FOLDER_RESTORE, folder, name)])


async def _place(
    db: Connection | Pool, thing: File | Folder, folder_id: UUID | None
) -> UUID | None:
    """Where it goes; only its owner takes something to the top that was elsewhere."""
    place = await _living(db, thing.owner_id, folder_id)
    if place != folder_id and thing.access != OWNER:
        raise MeridianError(FOLDER_TRASHED, "The folder it was in is in the trash.")
    return place


async def _living(db: Connection | Pool, owner_id: UUID, folder_id: UUID | None) -> UUID | None:
    """The folder where something was, if it is neither deleted nor in the trash; else the top."""
    folder = folder_id and await find_folder(db, owner_id, folder_id)
    return folder.id if folder and folder.trashed_at is None else None


def _action(event: ActionEvent, thing: File | Folder, name: str) -> NewAction:
    facts = {"name": name}
    if name != thing.name:
        facts["old_name"] = thing.name
    return NewAction(owner_id=thing.owner_id, event=event, object_id=thing.id, data=facts)
