"""Grants as the owners of things see them: to whom, and how far they may go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

if TYPE_CHECKING:
    from datetime import datetime

    from shared.db import Connection, Pool

BEHIND_ALL: Final = UUID("ffffffff-ffff-ffff-ffff-ffffffffffff")

COLUMNS: Final = """grants.owner_id, grants.id, grants.user_id, grants.file_id, grants.folder_id,
    grants.access, grants.created_at, grants.updated_at"""
# $1 owner, $2 file, $3 folder, one of which is null, $4 to whom.
FIND_GRANT: Final = f"""
SELECT {COLUMNS} FROM storage.grants
WHERE owner_id = $1 AND (file_id = $2 OR folder_id = $3) AND user_id = $4
"""
GIVE: Final = f"""
INSERT INTO storage.grants (owner_id, file_id, folder_id, user_id, access)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (owner_id, {{thing}}, user_id) WHERE {{thing}} IS NOT NULL
DO UPDATE SET access = EXCLUDED.access, updated_at = now()
    WHERE grants.access <> EXCLUDED.access
RETURNING {COLUMNS}
"""
GIVE_FILE: Final = GIVE.format(thing="file_id")
GIVE_FOLDER: Final = GIVE.format(thing="folder_id")
END_GRANT: Final = f"""
DELETE FROM storage.grants
WHERE owner_id = $1 AND (file_id = $2 OR folder_id = $3) AND user_id = $4 RETURNING {COLUMNS}
"""
# $1 owner, $2 file or null, $3 the folder that it is in or that it is, $4 the last of the page
# before, $5 limit. What was granted of a folder above counts, too.
LIST_OF_THING: Final = f"""
WITH RECURSIVE way_up AS (
    SELECT id, parent_id, name FROM storage.folders WHERE owner_id = $1 AND id = $3
    UNION ALL
    SELECT folders.id, folders.parent_id, folders.name
    FROM way_up JOIN storage.folders ON folders.owner_id = $1 AND folders.id = way_up.parent_id
), listed AS (
    SELECT {COLUMNS}, NULL AS name FROM storage.grants WHERE owner_id = $1 AND file_id = $2
    UNION ALL
    SELECT {COLUMNS}, way_up.name FROM way_up
    JOIN storage.grants ON grants.owner_id = $1 AND grants.folder_id = way_up.id
)
SELECT * FROM listed WHERE id < $4 ORDER BY id DESC LIMIT $5
"""
LIST_OF_OWNER: Final = f"""
SELECT {COLUMNS}, COALESCE((
        SELECT files.name FROM storage.files WHERE files.owner_id = grants.owner_id
            AND files.id = grants.file_id AND files.deleted_at IS NULL AND files.trashed_at IS NULL
    ), (
        SELECT folders.name FROM storage.folders WHERE folders.owner_id = grants.owner_id
            AND folders.id = grants.folder_id
            AND folders.deleted_at IS NULL AND folders.trashed_at IS NULL
    )) AS name
FROM storage.grants WHERE owner_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """That somebody may read, or write to, a file or a folder of another.

    `name` is that of the thing or, in the list of a thing, of the folder, where it is known; None
    while it is in the trash.
    """

    owner_id: UUID
    id: UUID
    user_id: UUID
    file_id: UUID | None
    folder_id: UUID | None
    access: str
    created_at: datetime
    updated_at: datetime
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What is shared: a file in a folder, or a folder; `file_id` or `folder_id` is it."""

    owner_id: UUID
    name: str
    file_id: UUID | None = None
    folder_id: UUID | None = None
    place_id: UUID | None = None

    @property
    def id(self) -> UUID:
        """Of the file or the folder."""
        thing_id = self.file_id or self.folder_id
        assert thing_id is not None
        return thing_id


async def find_grant(db: Connection | Pool, thing: Thing, user_id: UUID) -> Grant | None:
    """What was granted to somebody of the thing itself."""
    row = await db.fetchrow(FIND_GRANT, *_of(thing), user_id)
    return None if row is None else Grant(**row)


async def give(db: Connection, thing: Thing, user_id: UUID, access: str) -> Grant | None:
    """Add or change a grant; None when it is so already."""
    statement = GIVE_FOLDER if thing.file_id is None else GIVE_FILE
    row = await db.fetchrow(statement, *_of(thing), user_id, access)
    return None if row is None else Grant(**row)


async def delete_grant(db: Connection, thing: Thing, user_id: UUID) -> Grant | None:
    """End a grant; None when there is none."""
    row = await db.fetchrow(END_GRANT, *_of(thing), user_id)
    return None if row is None else Grant(**row)


async def list_of_thing(
    db: Connection | Pool, thing: Thing, before: UUID | None, limit: int
) -> list[Grant]:
    """Who may see a thing, by itself or with a folder above it; newest first."""
    place_id = thing.folder_id or thing.place_id
    rows = await db.fetch(
        LIST_OF_THING, thing.owner_id, thing.file_id, place_id, before or BEHIND_ALL, limit
    )
    return [Grant(**row) for row in rows]


async def list_of_owner(
    db: Connection | Pool, owner_id: UUID, before: UUID | None, limit: int
) -> list[Grant]:
    """All that a person shares by name, newest first."""
    rows = await db.fetch(LIST_OF_OWNER, owner_id, before or BEHIND_ALL, limit)
    return [Grant(**row) for row in rows]


def _of(thing: Thing) -> tuple[UUID, UUID | None, UUID | None]:
    return thing.owner_id, thing.file_id, thing.folder_id
