"""Folders: rows that know their parent; what is in one does not change when it is moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from services.storage.files.files import OWNER
from services.storage.files.found import FOUND_FOLDER
from services.storage.files.listing import BELOW, as_part
from services.storage.files.paths import HIDDEN, PLACES
from services.storage.files.sort_key import SEARCHED_KEY, SORT_VERSION, searched, sort_key
from services.storage.lists import Conditions
from shared.errors import FILE_EXISTS, FOLDER_EXISTS, MeridianError

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from asyncpg import UniqueViolationError

    from services.storage.caller import Caller
    from shared.db import Connection, Pool

# `page` has one row or many; a folder is shown below the path of its own place.
VIEW: Final = """
page AS MATERIALIZED (
    SELECT id, owner_id, parent_id, name, name_key, revision, created_at, updated_at,
        id AS folder_id{reach}
    FROM {source}
), {places}
SELECT page.id, page.owner_id, page.parent_id, page.name, page.name_key, page.revision,
    page.created_at, page.updated_at, places.path, places.trashed_at{reach}
FROM page JOIN places ON places.folder_id = page.id AND places.deleted_at IS NULL
"""
SOURCE: Final = "found JOIN storage.folders USING (owner_id, id)"
REACH: Final = ", access, top_id, root_id, seen_as"
FIND_FOLDER: Final = f"""
WITH RECURSIVE {FOUND_FOLDER}, {VIEW.format(source=SOURCE, places=PLACES, reach=REACH)}
"""
INSERT_FOLDER: Final = """
WITH folder AS (
    INSERT INTO storage.folders (owner_id, parent_id, name, name_key, sort_version)
    VALUES ($1, $2, $3, $4, $5) RETURNING id, name
), action AS (
    INSERT INTO storage.actions (owner_id, event, object_id, data, user_id, ip, place)
    SELECT $1, 'FOLDER.CREATE', id, jsonb_build_object('name', name), $6, $7, $8 FROM folder
)
SELECT id FROM folder
"""
COUNT_BELOW: Final = """
WITH RECURSIVE below AS (
    SELECT id, 1 AS depth, octet_length(name) + 1 AS bytes FROM storage.folders
    WHERE owner_id = $1 AND id = $2
    UNION ALL
    SELECT folders.id, below.depth + 1, below.bytes + octet_length(folders.name) + 1 FROM below
    JOIN storage.folders ON folders.owner_id = $1 AND folders.parent_id = below.id
    WHERE folders.deleted_at IS NULL
)
SELECT max(depth) AS depth, max(bytes) AS bytes, bool_or(id = $3) AS holds FROM below
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder in its place; `trashed_at` also when it is one above it that is in the trash.

    `access` is the caller's. Of another's folder `top_id` is the outermost folder that is shared
    with the caller, `root_id` the outermost they may write to, `seen_as` what they see of `path`.
    """

    id: UUID
    owner_id: UUID
    parent_id: UUID | None
    name: str
    name_key: str
    revision: int
    created_at: datetime
    updated_at: datetime
    path: str
    trashed_at: datetime | None
    access: str = OWNER
    top_id: UUID | None = None
    root_id: UUID | None = None
    seen_as: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderListing:
    """The folders in one, or those thrown away from it or anywhere; with `text` also from below."""

    parent_id: UUID | None = None
    text: str | None = None
    trashed: bool = False
    limit: int = 50
    after: tuple[str, UUID] | None = None


@dataclass(frozen=True, slots=True)
class Extent:
    """What is below a folder, itself counted in: levels, the longest path in bytes."""

    depth: int
    bytes: int
    holds: bool


async def find_folder(db: Connection | Pool, user_id: UUID, folder_id: UUID) -> Folder | None:
    """One folder of a person, or shared with them, unless it or one above it was deleted."""
    row = await db.fetchrow(FIND_FOLDER, user_id, folder_id)
    return None if row is None else Folder(**row)


async def list_folders(
    db: Connection | Pool, owner_id: UUID, listing: FolderListing
) -> list[Folder]:
    """Folders by name; of the trash those that were put there themselves, out of `parent_id`."""
    asked = Conditions("owner_id = {} AND deleted_at IS NULL", owner_id)
    asked.add(f"trashed_at IS {'NOT ' if listing.trashed else ''}NULL")
    tables = _narrow(asked, listing)
    asked.begin_behind("name_key, id", listing.after, "asc")
    limit = asked.bind(listing.limit)
    source = f"storage.folders WHERE {asked} ORDER BY name_key, id LIMIT {limit}"
    view = VIEW.format(source=source, places=PLACES, reach="")
    text = f"{view} ORDER BY page.name_key, page.id"
    rows = await db.fetch(f"WITH RECURSIVE {tables}{text}", *asked.arguments)
    return [Folder(**row) for row in rows]


def _narrow(asked: Conditions, listing: FolderListing) -> str:
    """Leave out what is elsewhere, in the trash, or called otherwise; the tables this takes."""
    if listing.text is not None:
        asked.add(f"{SEARCHED_KEY} LIKE {{}}", as_part(searched(listing.text)))
    if listing.parent_id is not None:
        return _keep_within(asked, listing.parent_id, deep=listing.text is not None)
    if listing.text is not None or listing.trashed:
        asked.add("(parent_id IN (SELECT id FROM hidden)) IS NOT TRUE")
        return f"{HIDDEN},"
    asked.add("parent_id IS NULL")
    return ""


def _keep_within(asked: Conditions, parent_id: UUID, *, deep: bool) -> str:
    if deep:
        asked.add("parent_id IN (SELECT id FROM below)")
        return f"{BELOW.format(f'{asked.bind(parent_id)}::uuid')},"
    asked.add("parent_id = {}", parent_id)
    return ""


async def insert_folder(
    db: Connection | Pool, caller: Caller, owner_id: UUID, parent_id: UUID | None, name: str
) -> UUID:
    """Add a folder; UniqueViolationError, ForeignKeyViolationError."""
    folder_id: UUID = await db.fetchval(
        INSERT_FOLDER,
        owner_id,
        parent_id,
        name,
        sort_key(name),
        SORT_VERSION,
        caller.user_id,
        caller.ip,
        caller.place.city,
    )
    return folder_id


async def measure(
    db: Connection | Pool, owner_id: UUID, folder_id: UUID, wanted: UUID | None = None
) -> Extent:
    """How far a folder reaches down, and whether `wanted` is it or below it."""
    row = await db.fetchrow(COUNT_BELOW, owner_id, folder_id, wanted)
    assert row is not None
    return Extent(row["depth"] or 0, row["bytes"] or 0, bool(row["holds"]))


def name_taken(error: UniqueViolationError) -> MeridianError:
    """Say what has the name: a file or a folder."""
    of_folders = (error.table_name or "").startswith("folders")
    return MeridianError(FOLDER_EXISTS if of_folders else FILE_EXISTS)
