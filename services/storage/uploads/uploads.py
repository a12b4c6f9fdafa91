"""Uploads: versions that a client may still PUT, and what has to be looked at afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.storage.files.paths import PLACES
from services.storage.lists import Conditions
from shared.catalog.versions import COLUMNS, Version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool

# A PUT that began in time may run on: until then nobody calls the upload dead.
# 128 KiB a second is the slowest line waited for.
RUNS_ON = """
    make_interval(secs => 60 + COALESCE(versions.part_size, versions.size) / 131072.0)
"""
PATIENCE = f"versions.upload_expires_at + {RUNS_ON}"
# No URL lives longer, and none is signed for an upload that is over.
LAST_URL = "LEAST(versions.upload_expires_at, now() + interval '15 minutes')"

INSERT = """
WITH file AS (
    INSERT INTO storage.files
        (owner_id, folder_id, name, name_key, name_fold, sort_version, current_version_id, size)
    SELECT $1, $2, $3, $19, $20, $21, $4, $12
    WHERE $2::uuid IS NULL OR EXISTS (SELECT FROM storage.folders
        WHERE owner_id = $1 AND id = $2 AND deleted_at IS NULL)
    {on_conflict}
    RETURNING id, revision, created_at, updated_at, versions_made
), action AS (
    INSERT INTO storage.actions (owner_id, event, object_id, user_id, data, ip, place, server)
    SELECT $1, 'FILE.UPLOAD', file.id, $5, $6, $7, $8, $9 FROM file
), upload AS (
    INSERT INTO storage.versions (owner_id, id, file_id, number, key, upload_key, size,
        content_type, declared_sha256, created_by, upload_server_id, upload_expires_at,
        next_check_at, part_size)
    SELECT $1, $4, file.id, file.versions_made, $10, $11, $12, $13, $14, $5, $15,
        now() + make_interval(secs => $16), now() + make_interval(secs => $17), $18
    FROM file RETURNING upload_expires_at
)
SELECT file.*, upload.upload_expires_at FROM file CROSS JOIN upload
"""
INSERT_UPLOAD_OF_NEW = INSERT.format(on_conflict="")
# A name that exists gets its next version; the counter makes parallel uploads take turns.
INSERT_UPLOAD = INSERT.format(
    on_conflict="""
    ON CONFLICT (owner_id, folder_id, name) WHERE deleted_at IS NULL AND trashed_at IS NULL
    DO UPDATE SET versions_made = files.versions_made + 1
"""
)

NOTE_MULTIPART = """
UPDATE storage.versions SET multipart_id = $3
WHERE owner_id = $1 AND id = $2 AND state = 'PENDING' RETURNING id
"""
# Whoever asks for parts is still at it.
KEEP_UPLOAD = f"""
UPDATE storage.versions
SET upload_expires_at = GREATEST(upload_expires_at, now() + make_interval(secs => $3))
WHERE owner_id = $1 AND id = $2 AND created_by = $1
    AND state = 'PENDING' AND part_size IS NOT NULL AND upload_expires_at > now()
RETURNING {COLUMNS}
"""

FIND_OWN_UPLOAD = f"""
SELECT {COLUMNS} FROM storage.versions WHERE owner_id = $1 AND id = $2 AND created_by = $1
"""
LIST_OWN_UPLOADS = f"""
WITH RECURSIVE versions AS MATERIALIZED (
    SELECT * FROM storage.versions WHERE {{conditions}}
    ORDER BY created_at DESC, id DESC LIMIT {{limit}}
), page AS MATERIALIZED (
    SELECT id AS file_id, owner_id, folder_id, name FROM storage.files
    WHERE (owner_id, id) IN (SELECT owner_id, file_id FROM versions)
), {PLACES}
SELECT {COLUMNS}, page.name, COALESCE(places.path, '/') AS folder
FROM versions
JOIN page ON page.owner_id = versions.owner_id AND page.file_id = versions.file_id
LEFT JOIN places ON places.owner_id = page.owner_id AND places.folder_id = page.folder_id
ORDER BY versions.created_at DESC, versions.id DESC
"""

TAKE_DUE = f"""
WITH due AS (
    SELECT owner_id, id FROM storage.versions
    WHERE next_check_at <= now() AND upload_server_id = ANY($1)
    ORDER BY next_check_at LIMIT $2 FOR UPDATE SKIP LOCKED
)
UPDATE storage.versions SET next_check_at = now() + interval '1 minute'
FROM due WHERE versions.owner_id = due.owner_id AND versions.id = due.id
RETURNING {COLUMNS}, now() > {PATIENCE} AS is_over
"""

# The longer an upload has been running, the rarer the looks: every tenth of its age.
LOOK_AGAIN = f"""
UPDATE storage.versions
SET next_check_at = LEAST(
    now() + GREATEST(make_interval(secs => $3), (now() - created_at) / 10), {PATIENCE})
WHERE owner_id = $1 AND id = $2
"""
LOOK_AT_THE_END = f"""
UPDATE storage.versions
SET upload_expires_at = {LAST_URL}, next_check_at = {LAST_URL} + {RUNS_ON}
WHERE owner_id = $1 AND id = $2
"""
FORGET_UPLOAD = """
UPDATE storage.versions SET upload_key = NULL, next_check_at = NULL
WHERE owner_id = $1 AND id = $2
"""


async def find_own_upload(db: Connection | Pool, user_id: UUID, upload_id: UUID) -> Version | None:
    """An upload that this person started, in whatever state."""
    row = await db.fetchrow(FIND_OWN_UPLOAD, user_id, upload_id)
    return None if row is None else Version(**row)


async def note_multipart(
    db: Connection | Pool, owner_id: UUID, upload_id: UUID, multipart_id: str
) -> bool:
    """Write down what the server calls the upload; False when it is not wanted any more."""
    return await db.fetchval(NOTE_MULTIPART, owner_id, upload_id, multipart_id) is not None


async def keep_upload(
    db: Connection | Pool, user_id: UUID, upload_id: UUID, seconds: float
) -> Version | None:
    """A person's unfinished upload, which lives for so long from now; None when it is over."""
    row = await db.fetchrow(KEEP_UPLOAD, user_id, upload_id, seconds)
    return None if row is None else Version(**row)


async def take_due(
    db: Connection | Pool, server_ids: Sequence[UUID], limit: int
) -> list[tuple[Version, bool]]:
    """Versions on these servers whose upload is to be looked at now, each with whether it is over.

    They are due again in a minute, should whoever took them die.
    """
    rows = [dict(row) for row in await db.fetch(TAKE_DUE, server_ids, limit)]
    return [(Version(**row), is_over) for row in rows for is_over in (row.pop("is_over"),)]


async def look_again(db: Connection | Pool, upload: Version, least_seconds: float) -> None:
    """Plan the next look at an upload that is not there yet."""
    await db.execute(LOOK_AGAIN, upload.owner_id, upload.id, least_seconds)


async def look_at_the_end(db: Connection | Pool, upload: Version) -> None:
    """Plan the last look, for when nothing can arrive any more."""
    await db.execute(LOOK_AT_THE_END, upload.owner_id, upload.id)


async def forget_upload(db: Connection | Pool, upload: Version) -> None:
    """Nothing of this upload is left to be looked at."""
    await db.execute(FORGET_UPLOAD, upload.owner_id, upload.id)


async def list_own_uploads(
    db: Connection | Pool, user_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> list[tuple[Version, str, str]]:
    """A person's unfinished uploads, newest first, each with the file's name and folder."""
    asked = Conditions("created_by = {} AND state = 'PENDING'", user_id)
    asked.begin_behind("created_at, id", after, "desc")
    statement = LIST_OWN_UPLOADS.format(limit=asked.bind(limit), conditions=asked)
    rows = [dict(row) for row in await db.fetch(statement, *asked.arguments)]
    places = [(row.pop("name"), row.pop("folder")) for row in rows]
    return [(Version(**row), *place) for row, place in zip(rows, places, strict=True)]
