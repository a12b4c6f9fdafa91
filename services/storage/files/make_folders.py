"""Make the folders of a path, as far as they are not there yet."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from asyncpg import ForeignKeyViolationError, UniqueViolationError

from services.storage.files.folders import insert_folder, name_taken
from services.storage.files.paths import find_nearest, split_path
from shared.errors import FOLDER_EXISTS

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.caller import Caller
    from shared.db import Pool


async def make_folders(pool: Pool, caller: Caller, owner_id: UUID, path: str) -> UUID | None:
    """Find the folder at a path, or make it with those above it; None is the top; FILE_EXISTS."""
    names = split_path(path)
    if not names:
        return None
    depth, folder_id = await find_nearest(pool, owner_id, names)
    while depth < len(names):
        # Another may make one of them at this moment, or delete one.
        with suppress(ForeignKeyViolationError):
            await _make(pool, caller, owner_id, folder_id, names[depth])
        depth, folder_id = await find_nearest(pool, owner_id, names)
    return folder_id


async def _make(
    pool: Pool, caller: Caller, owner_id: UUID, parent_id: UUID | None, name: str
) -> None:
    try:
        await insert_folder(pool, caller, owner_id, parent_id, name)
    except UniqueViolationError as error:
        refusal = name_taken(error)
        if refusal.problem is not FOLDER_EXISTS:
            raise refusal from error
