"""Where folders are: paths put together from rows, and rows found by a path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from uuid import UUID

    from shared.db import Connection, Pool

TOP: Final = "/"

# One folder by its key: an ordinary join would read the folders of everybody while they are few.
FOLDER_BY_KEY: Final = """
CROSS JOIN LATERAL (
    SELECT parent_id, name, trashed_at, deleted_at FROM storage.folders
    WHERE owner_id = {owner_id} AND id = {folder_id} LIMIT 1
) AS folder
"""
# Behind a `page` of rows with owner_id and folder_id: the place of each folder that occurs, with
# what became of it or of one above it.
PLACES: Final = f"""
way_up AS (
    SELECT place.owner_id, place.folder_id, folder.parent_id, '/' || folder.name AS path,
        folder.trashed_at, folder.deleted_at
    FROM (SELECT DISTINCT owner_id, folder_id FROM page) AS place
    {FOLDER_BY_KEY.format(owner_id="place.owner_id", folder_id="place.folder_id")}
    UNION ALL
    SELECT way_up.owner_id, way_up.folder_id, folder.parent_id, '/' || folder.name || way_up.path,
        COALESCE(folder.trashed_at, way_up.trashed_at),
        COALESCE(folder.deleted_at, way_up.deleted_at)
    FROM way_up {FOLDER_BY_KEY.format(owner_id="way_up.owner_id", folder_id="way_up.parent_id")}
), places AS (
    SELECT owner_id, folder_id, path, trashed_at, deleted_at FROM way_up WHERE parent_id IS NULL
)
"""
# From a folder up, itself counted in: how many there are, and what became of any of them.
WAY_UP: Final = """
(
    WITH RECURSIVE way_up AS (
        SELECT parent_id, trashed_at, deleted_at FROM storage.folders
        WHERE owner_id = {owner_id} AND id = {folder_id}
        UNION ALL
        SELECT folders.parent_id, folders.trashed_at, folders.deleted_at FROM way_up
        JOIN storage.folders ON folders.owner_id = {owner_id} AND folders.id = way_up.parent_id
    )
    SELECT count(*) AS folders, min(trashed_at) AS trashed_at, min(deleted_at) AS deleted_at
    FROM way_up
)
"""
# Of a row of files: what became of its folder or of one above it.
ABOVE: Final = WAY_UP.format(owner_id="files.owner_id", folder_id="files.folder_id")
# $1 owner: all folders that are in the trash or deleted, or below one that is.
HIDDEN: Final = """
hidden AS (
    SELECT id FROM storage.folders
    WHERE owner_id = $1 AND (deleted_at IS NOT NULL OR trashed_at IS NOT NULL)
    UNION
    SELECT folders.id FROM hidden
    JOIN storage.folders ON folders.owner_id = $1 AND folders.parent_id = hidden.id
)
"""
FIND_AT: Final = """
WITH RECURSIVE way_down AS (
    SELECT 0 AS depth, $3::uuid AS id
    UNION ALL
    SELECT way_down.depth + 1, folders.id FROM way_down
    JOIN storage.folders ON folders.owner_id = $1
        AND folders.parent_id IS NOT DISTINCT FROM way_down.id
        AND folders.name = ($2::text[])[way_down.depth + 1]
        AND folders.deleted_at IS NULL AND folders.trashed_at IS NULL
)
SELECT depth, id FROM way_down ORDER BY depth DESC LIMIT 1
"""


def split_path(path: str) -> list[str]:
    """The names on a path, from the top."""
    return [] if path == TOP else path[1:].split("/")


async def find_nearest(
    db: Connection | Pool, owner_id: UUID, names: list[str], below: UUID | None = None
) -> tuple[int, UUID | None]:
    """How many of these names, from a folder or the top down, are folders; the last of those."""
    row = await db.fetchrow(FIND_AT, owner_id, names, below)
    assert row is not None
    return row["depth"], row["id"]
