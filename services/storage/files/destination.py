"""Where something is to be put: a folder by its id, or a path, which is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.storage.files.access import Right, get_file, get_live_folder, refuse_carrying_out
from services.storage.files.make_folders import make_folders
from services.storage.files.paths import TOP
from shared.errors import FILE_TRASHED, MeridianError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.files.files import File
    from services.storage.files.folders import Folder
    from shared.db import Pool


@dataclass(frozen=True, slots=True)
class Target:
    """What a client named: a folder, a path, or a file to write over; the top when none of them."""

    folder: str | None = None
    folder_id: UUID | None = None
    file_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Destination:
    """A folder of somebody and its path; `folder_id` None is the top.

    `folder` has more of one that was named by its id, `file` is one to write over; `names` are
    those on the path of a folder that was not looked for yet.
    """

    owner_id: UUID
    folder_id: UUID | None
    path: str
    folder: Folder | None = None
    names: Sequence[str] = ()
    file: File | None = None


async def find_destination(
    pool: Pool, caller: Caller, user_id: UUID, target: Target
) -> Destination:
    """Find a folder or file that this person may write to, or make the path among their own.

    FOLDER_NOT_FOUND, FOLDER_TRASHED, FILE_NOT_FOUND, FILE_TRASHED, PERMISSION_DENIED, FILE_EXISTS.
    """
    if target.file_id is not None:
        file = await get_file(pool, user_id, target.file_id, right=Right.WRITE)
        if file.trashed_at is not None:
            raise MeridianError(FILE_TRASHED)
        return Destination(file.owner_id, file.folder_id, file.folder, file=file)
    if target.folder_id is not None:
        folder = await get_live_folder(pool, user_id, target.folder_id, right=Right.WRITE)
        return Destination(folder.owner_id, folder.id, folder.path, folder)
    path = target.folder or TOP
    folder_id = await make_folders(pool, caller, user_id, path)
    return Destination(user_id, folder_id, path)


async def find_place_for(pool: Pool, caller: Caller, file: File, target: Target) -> Destination:
    """Find or make where a file is to be moved; what `find_destination` raises."""
    assert caller.user_id is not None
    if target.folder_id is None:
        refuse_carrying_out(file, caller.user_id, None)
    place = await find_destination(pool, caller, caller.user_id, target)
    refuse_carrying_out(file, place.owner_id, place.folder)
    return place
