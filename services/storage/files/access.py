"""May I? The one place that decides who may touch a file or a folder."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final

from services.storage.files.files import OWNER, find_file
from services.storage.files.folders import find_folder
from shared.errors import (
    FILE_NOT_FOUND,
    FOLDER_NOT_FOUND,
    FOLDER_TRASHED,
    PERMISSION_DENIED,
    VERSION_NOT_FOUND,
    MeridianError,
)

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.files.files import File
    from services.storage.files.folders import Folder
    from shared.db import Connection, Pool


class Right(enum.Enum):
    """What somebody wants to do with a thing; who may do more may do less, too."""

    READ = "read"
    WRITE = "write"
    OWN = "owner"

    def is_given_by(self, access: str) -> bool:
        """Whether somebody with that access may do it."""
        return RANKS.index(self) <= RANKS.index(Right(access))


RANKS: Final = tuple(Right)


async def get_file(
    db: Connection | Pool,
    user_id: UUID,
    file_id: UUID,
    number: int | None = None,
    *,
    right: Right = Right.READ,
) -> File:
    """A file that this person may touch, at a version.

    FILE_NOT_FOUND, also for another's that is not shared; VERSION_NOT_FOUND, PERMISSION_DENIED.
    """
    file = await find_file(db, user_id, file_id, number)
    if file is None:
        is_there = number is not None and await find_file(db, user_id, file_id)
        raise MeridianError(VERSION_NOT_FOUND if is_there else FILE_NOT_FOUND)
    _refuse(file, right)
    return file


async def get_folder(
    db: Connection | Pool, user_id: UUID, folder_id: UUID, *, right: Right = Right.READ
) -> Folder:
    """A folder that this person may touch; FOLDER_NOT_FOUND, PERMISSION_DENIED."""
    folder = await find_folder(db, user_id, folder_id)
    if folder is None:
        raise MeridianError(FOLDER_NOT_FOUND)
    _refuse(folder, right)
    return folder


async def get_live_folder(
    db: Connection | Pool, user_id: UUID, folder_id: UUID, *, right: Right = Right.READ
) -> Folder:
    """A folder that something may be put into; what `get_folder` raises, FOLDER_TRASHED."""
    folder = await get_folder(db, user_id, folder_id, right=right)
    if folder.trashed_at is not None:
        raise MeridianError(FOLDER_TRASHED)
    return folder


def refuse_carrying_out(thing: File | Folder, owner_id: UUID, folder: Folder | None) -> None:
    """Let a thing be put into a folder of that owner, or to the top; else PERMISSION_DENIED.

    It stays with its owner; and whoever only writes to what is shared leaves it below the outermost
    folder they may write to.
    """
    if thing.owner_id != owner_id:
        raise MeridianError(PERMISSION_DENIED, "It has to stay with its owner.")
    if thing.access == OWNER:
        return
    if folder is None or folder.root_id is None or folder.root_id != thing.root_id:
        raise MeridianError(PERMISSION_DENIED, "It has to stay within the folder that is shared.")


def _refuse(thing: File | Folder, right: Right) -> None:
    if right.is_given_by(thing.access):
        return
    detail = "Only the owner may do this." if right is Right.OWN else "You may only read this."
    raise MeridianError(PERMISSION_DENIED, detail)
