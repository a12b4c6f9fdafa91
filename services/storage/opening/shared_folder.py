"""A folder as whoever opened a link to it sees it: from itself down, never what is above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from services.storage.files.folders import FolderListing, find_folder, list_folders
from services.storage.files.listing import Listing, list_files
from services.storage.files.paths import TOP, find_nearest, split_path
from shared.errors import FILE_NOT_FOUND, FOLDER_NOT_FOUND, LINK_NOT_FOUND, MeridianError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from services.storage.files.files import File
    from services.storage.files.folders import Folder
    from services.storage.opening.found_links import FoundLink
    from shared.db import Connection, Pool

MOST_FOLDERS: Final = 1000

IS_BELOW: Final = """
WITH RECURSIVE way_up AS (
    SELECT folder_id AS id FROM storage.files
    WHERE owner_id = $1 AND id = $2 AND deleted_at IS NULL AND trashed_at IS NULL
    UNION
    SELECT folders.parent_id FROM way_up
    JOIN storage.folders ON folders.owner_id = $1 AND folders.id = way_up.id
        AND folders.deleted_at IS NULL AND folders.trashed_at IS NULL
)
SELECT EXISTS (SELECT FROM way_up WHERE id = $3)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What somebody wants to see: the folder at `path`, or with `deep` all files below it.

    From its beginning, behind one of the folders, or behind one of the files, which come last.
    """

    path: str = TOP
    deep: bool = False
    limit: int = 50
    after_folder: tuple[str, UUID] | None = None
    after: tuple[str, UUID] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A page of what is there, with one row more than fits where it goes on.

    `root` is the path of the folder that is shared.
    """

    root: str
    folders: Sequence[Folder]
    files: Sequence[File]


async def get_shared_folder(db: Connection | Pool, link: FoundLink) -> Folder:
    """The folder that a link leads to; LINK_NOT_FOUND where it leads to a file."""
    folder = link.folder_id and await find_folder(db, link.owner_id, link.folder_id)
    if not folder:
        raise MeridianError(LINK_NOT_FOUND)
    return folder


async def look_into(db: Connection | Pool, link: FoundLink, look: Look) -> Seen:
    """What is in the folder of a link, by name: all folders, and only then the files.

    LINK_NOT_FOUND where the link leads to a file, FOLDER_NOT_FOUND.
    """
    root = await get_shared_folder(db, link)
    names = split_path(look.path)
    depth, folder_id = await find_nearest(db, link.owner_id, names, root.id)
    if depth < len(names):
        raise MeridianError(FOLDER_NOT_FOUND)
    folders: list[Folder] = []
    if look.after is None and not look.deep:
        inside = FolderListing(parent_id=folder_id, limit=MOST_FOLDERS + 1, after=look.after_folder)
        folders = await list_folders(db, link.owner_id, inside)
    if len(folders) > MOST_FOLDERS:
        return Seen(root=root.path, folders=folders, files=())
    asked = Listing(
        in_folder=True,
        folder_id=folder_id,
        deep=look.deep,
        sort="name",
        order="asc",
        limit=look.limit,
        after=look.after,
    )
    return Seen(root=root.path, folders=folders, files=await list_files(db, link.owner_id, asked))


async def refuse_outside(db: Connection | Pool, link: FoundLink, file_id: UUID) -> None:
    """Pass a file that is below the folder of a link now; FILE_NOT_FOUND."""
    if not await db.fetchval(IS_BELOW, link.owner_id, file_id, link.folder_id):
        raise MeridianError(FILE_NOT_FOUND)
