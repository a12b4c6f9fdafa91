"""What is in a folder as the caller sees it: in one that others share, nothing of what is above."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from services.storage.files.files import OWNER
from services.storage.files.folders import list_folders
from services.storage.files.found import reach_of_files, reach_of_folders
from services.storage.files.listing import list_files

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.files.files import File
    from services.storage.files.folders import Folder, FolderListing
    from services.storage.files.listing import Listing
    from shared.db import Connection, Pool


async def list_seen_files(
    db: Connection | Pool, user_id: UUID, folder: Folder | None, listing: Listing
) -> list[File]:
    """Files in or below a folder that this person may see; without one their own, anywhere."""
    if folder is None or folder.access == OWNER:
        return await list_files(db, user_id, listing)
    files = await list_files(db, folder.owner_id, listing)
    above = _above(folder)
    seen = [
        replace(
            file,
            access=folder.access,
            top_id=folder.top_id,
            root_id=folder.root_id,
            seen_as=file.folder.removeprefix(above),
        )
        for file in files
    ]
    if not files or folder.root_id is not None:
        return seen
    reach = await reach_of_files(db, user_id, folder.owner_id, [file.id for file in files])
    return [
        replace(file, access=may["access"], root_id=may["root_id"]) if may else file
        for file in seen
        for may in (reach.get(file.id),)
    ]


async def list_seen_folders(
    db: Connection | Pool, user_id: UUID, parent: Folder | None, listing: FolderListing
) -> list[Folder]:
    """Folders in one that this person may see; without one their own, at the top."""
    if parent is None or parent.access == OWNER:
        return await list_folders(db, user_id, listing)
    folders = await list_folders(db, parent.owner_id, listing)
    above = _above(parent)
    seen = [
        replace(
            folder,
            access=parent.access,
            top_id=parent.top_id,
            root_id=parent.root_id,
            seen_as=folder.path.removeprefix(above),
        )
        for folder in folders
    ]
    if not folders or parent.root_id is not None:
        return seen
    reach = await reach_of_folders(db, user_id, parent.owner_id, [one.id for one in folders])
    return [
        replace(folder, access=may["access"], root_id=may["root_id"]) if may else folder
        for folder in seen
        for may in (reach.get(folder.id),)
    ]


def _above(folder: Folder) -> str:
    """The part of the path that is not shown."""
    assert folder.seen_as is not None
    return folder.path.removesuffix(folder.seen_as)
