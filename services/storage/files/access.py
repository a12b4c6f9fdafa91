"""May I? The one place that decides who may touch a file or a folder."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from services.storage.files.files import find_file
from services.storage.files.folders import find_folder
from shared.errors import (
    FILE_NOT_FOUND,
    FOLDER_NOT_FOUND,
    FOLDER_TRASHED,
    VERSION_NOT_FOUND,
    MeridianError,
)

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.files.files import File
    from services.storage.files.folders import Folder
    from shared.db import Connection, Pool


class Right(enum.Enum):
    """What somebody wants to do with a thing."""

    READ = "read"
    WRITE = "write"


async def get_file(
    db: Connection | Pool,
    user_id: UUID,
    file_id: UUID,
    number: int | None = None,
    *,
    right: Right = Right.READ,
) -> File:
    """A file that this person may touch, at a version.

    FILE_NOT_FOUND, also for another's; VERSION_NOT_FOUND.
    """
    file = await find_file(db, user_id, file_id, number)
    if file is None:
        is_there = number is not None and await find_file(db, user_id, file_id)
        raise MeridianError(VERSION_NOT_FOUND if is_there else FILE_NOT_FOUND)
    return file


async def get_folder(
    db: Connection | Pool, user_id: UUID, folder_id: UUID, *, right: Right = Right.READ
) -> Folder:
    """A folder that this person may touch; FOLDER_NOT_FOUND, also for another's."""
    folder = await find_folder(db, user_id, folder_id)
    if folder is None:
        raise MeridianError(FOLDER_NOT_FOUND)
    return folder


async def get_live_folder(
    db: Connection | Pool, user_id: UUID, folder_id: UUID, *, right: Right = Right.READ
) -> Folder:
    """A folder that something may be put into; FOLDER_NOT_FOUND, FOLDER_TRASHED."""
    folder = await get_folder(db, user_id, folder_id, right=right)
    if folder.trashed_at is not None:
        raise MeridianError(FOLDER_TRASHED)
    return folder
