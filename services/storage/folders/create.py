"""Make a folder: below another by its name, or wherever a path leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncpg import ForeignKeyViolationError, UniqueViolationError

from services.storage.files.access import Right, get_folder, get_live_folder
from services.storage.files.folders import insert_folder, name_taken
from services.storage.files.make_folders import make_folders
from services.storage.files.paths import find_nearest, split_path
from services.storage.folders.limits import refuse_too_deep
from shared.errors import FOLDER_NOT_FOUND, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.files.folders import Folder
    from shared.db import Pool


async def create_folder(
    pool: Pool, caller: Caller, user_id: UUID, parent_id: UUID | None, name: str
) -> Folder:
    """Make a folder, which is of whoever the one above is of.

    FOLDER_NOT_FOUND, FOLDER_TRASHED, PERMISSION_DENIED, FOLDER_EXISTS, FILE_EXISTS.
    """
    path, owner_id = "", user_id
    if parent_id is not None:
        parent = await get_live_folder(pool, user_id, parent_id, right=Right.WRITE)
        path, owner_id = parent.path, parent.owner_id
    refuse_too_deep(f"{path}/{name}", "name")
    try:
        folder_id = await insert_folder(pool, caller, owner_id, parent_id, name)
    except UniqueViolationError as error:
        raise name_taken(error) from error
    except ForeignKeyViolationError as error:
        raise MeridianError(FOLDER_NOT_FOUND) from error
    return await get_folder(pool, user_id, folder_id)


async def create_path(pool: Pool, caller: Caller, owner_id: UUID, path: str) -> tuple[Folder, bool]:
    """Make the missing folders of a path; whether there were any; FILE_EXISTS."""
    names = split_path(path)
    depth, _ = await find_nearest(pool, owner_id, names)
    folder_id = await make_folders(pool, caller, owner_id, path)
    assert folder_id is not None
    return await get_folder(pool, owner_id, folder_id), depth < len(names)
