"""What is in a folder as the caller sees it: in one that others share, nothing of what is above."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from services.storage.files.files import OWNER, File
from services.storage.files.folders import Folder, list_folders
from services.storage.files.found import reach_of_files, reach_of_folders
from services.storage.files.listing import list_files

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from asyncpg import Record

    from services.storage.files.folders import FolderListing
    from services.storage.files.listing import Listing
    from shared.db import Connection, Pool

    # What somebody may do with things of another, by id.
    Reach = Callable[..., Awaitable[dict[UUID, Record]]]

Thing = TypeVar("Thing", File, Folder)


async def list_seen_files(
    db: Connection | Pool, user_id: UUID, folder: Folder | None, listing: Listing
) -> list[File]:
    """Files in or below a folder that this person may see; without one their own, anywhere."""
    if folder is None or folder.access == OWNER:
        return await list_files(db, user_id, listing)
    files = await list_files(db, folder.owner_id, listing)
    return await _as_seen(db, user_id, folder, files, reach_of_files)


async def list_seen_folders(
    db: Connection | Pool, user_id: UUID, parent: Folder | None, listing: FolderListing
) -> list[Folder]:
    """Folders in one that this person may see; without one their own, at the top."""
    if parent is None or parent.access == OWNER:
        return await list_folders(db, user_id, listing)
    folders = await list_folders(db, parent.owner_id, listing)
    return await _as_seen(db, user_id, parent, folders, reach_of_folders)


async def _as_seen(
    db: Connection | Pool, user_id: UUID, parent: Folder, things: list[Thing], reach_of: Reach
) -> list[Thing]:
    """Things below a folder that somebody else shares, with the access that counts for each."""
    assert parent.seen_as is not None
    above = parent.path.removesuffix(parent.seen_as)
    seen = [
        replace(
            thing,
            access=parent.access,
            top_id=parent.top_id,
            root_id=parent.root_id,
            seen_as=_path_of(thing).removeprefix(above),
        )
        for thing in things
    ]
    # Below a folder one may write to, nothing can give more.
    if not things or parent.root_id is not None:
        return seen
    reach = await reach_of(db, user_id, parent.owner_id, [thing.id for thing in things])
    return [
        replace(thing, access=may["access"], root_id=may["root_id"]) if may else thing
        for thing in seen
        for may in (reach.get(thing.id),)
    ]


def _path_of(thing: File | Folder) -> str:
    return thing.path if isinstance(thing, Folder) else thing.folder
