"""Where something is to be put: a folder by its id, or a path, which is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.storage.files.access import Right, get_live_folder
from services.storage.files.make_folders import make_folders
from services.storage.files.paths import TOP

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.caller import Caller
    from shared.db import Pool


@dataclass(frozen=True, slots=True)
class Target:
    """What a client named: a folder, or a path; the top when neither."""

    folder: str | None = None
    folder_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Destination:
    """A folder of somebody and its path; `folder_id` None is the top."""

    owner_id: UUID
    folder_id: UUID | None
    path: str


async def find_destination(
    pool: Pool, caller: Caller, owner_id: UUID, target: Target
) -> Destination:
    """Find a folder, or make the path; FOLDER_NOT_FOUND, FOLDER_TRASHED, FILE_EXISTS."""
    if target.folder_id is not None:
        folder = await get_live_folder(pool, owner_id, target.folder_id, right=Right.WRITE)
        return Destination(owner_id, folder.id, folder.path)
    path = target.folder or TOP
    folder_id = await make_folders(pool, caller, owner_id, path)
    return Destination(owner_id, folder_id, path)
