"""Uploads that somebody began, as long as they may write where they go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.storage.files.found import GIVERS, IS_OFF, REACH_OF_FILE
from services.storage.files.paths import PLACES
from services.storage.lists import Conditions
from shared.catalog.versions import COLUMNS, Version

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool

# $1 who asks. Of a version of somebody else's file: whether they may write to it now.
MAY_WRITE: Final = f"""
(SELECT reach.access = 'write' AND NOT {IS_OFF.format("files.owner_id")}
    FROM storage.files CROSS JOIN LATERAL {REACH_OF_FILE} AS reach
    WHERE files.owner_id = versions.owner_id AND files.id = versions.file_id)
"""
# $1 who asks, $2 the upload: of a file of their own first.
OWN: Final = f"""
{GIVERS}, own AS MATERIALIZED (
    SELECT owner_id, id FROM storage.versions
    WHERE owner_id = $1 AND id = $2 AND created_by = $1
    UNION ALL
    SELECT versions.owner_id, versions.id
    FROM givers JOIN storage.versions ON versions.owner_id = givers.owner_id
        AND versions.id = $2 AND versions.created_by = $1
    WHERE {MAY_WRITE}
    LIMIT 1
)
"""
FIND_OWN_UPLOAD: Final = f"""
WITH RECURSIVE {OWN} SELECT {COLUMNS} FROM own
JOIN storage.versions ON versions.owner_id = own.owner_id AND versions.id = own.id
"""
LIST_OWN_UPLOADS: Final = f"""
WITH RECURSIVE versions AS MATERIALIZED (
    SELECT * FROM storage.versions WHERE {{conditions}}
    ORDER BY created_at DESC, id DESC LIMIT {{limit}}
), page AS MATERIALIZED (
    SELECT id AS file_id, owner_id, folder_id, name, CASE WHEN owner_id <> $1 THEN (
        SELECT seen_as FROM {REACH_OF_FILE} AS reach) END AS seen_as
    FROM storage.files WHERE (owner_id, id) IN (SELECT owner_id, file_id FROM versions)
), {PLACES}
SELECT {COLUMNS}, page.name, COALESCE(page.seen_as, places.path, '/') AS folder
FROM versions
JOIN page ON page.owner_id = versions.owner_id AND page.file_id = versions.file_id
LEFT JOIN places ON places.owner_id = page.owner_id AND places.folder_id = page.folder_id
ORDER BY versions.created_at DESC, versions.id DESC
"""
IS_PERMITTED: Final = f"""
SELECT {MAY_WRITE} FROM (SELECT $2::uuid AS owner_id, $3::uuid AS file_id) AS versions
"""


async def find_own_upload(db: Connection | Pool, user_id: UUID, upload_id: UUID) -> Version | None:
    """An upload that this person started, in whatever state."""
    row = await db.fetchrow(FIND_OWN_UPLOAD, user_id, upload_id)
    return None if row is None else Version(**row)


async def list_own_uploads(
    db: Connection | Pool, user_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> list[tuple[Version, str, str]]:
    """A person's unfinished uploads, newest first, each with the file's name and folder."""
    asked = Conditions("created_by = {} AND state = 'PENDING'", user_id)
    asked.add(f"(owner_id = $1 OR {MAY_WRITE})")
    asked.begin_behind("created_at, id", after, "desc")
    statement = LIST_OWN_UPLOADS.format(limit=asked.bind(limit), conditions=asked)
    rows = [dict(row) for row in await db.fetch(statement, *asked.arguments)]
    places = [(row.pop("name"), row.pop("folder")) for row in rows]
    return [(Version(**row), *place) for row, place in zip(rows, places, strict=True)]


async def is_permitted(db: Connection | Pool, upload: Version) -> bool:
    """Whether who began it may still write to its file; a sender without an account may."""
    if upload.created_by in {None, upload.owner_id}:
        return True
    place = upload.owner_id, upload.file_id
    return bool(await db.fetchval(IS_PERMITTED, upload.created_by, *place))
