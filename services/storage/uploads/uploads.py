"""Uploads: versions that a client may still PUT, and what has to be looked at afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.catalog.versions import COLUMNS, Version

if TYPE_CHECKING:
    from collections.abc import Sequence
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

NOTE_MULTIPART = """
UPDATE storage.versions SET multipart_id = $3
WHERE owner_id = $1 AND id = $2 AND state = 'PENDING' RETURNING id
"""
# Whoever asks for parts is still at it.
KEEP_UPLOAD = f"""
UPDATE storage.versions
SET upload_expires_at = GREATEST(upload_expires_at, now() + make_interval(secs => $3))
WHERE owner_id = $1 AND id = $2
    AND state = 'PENDING' AND part_size IS NOT NULL AND upload_expires_at > now()
RETURNING {COLUMNS}
"""

TAKE_DUE = f"""
WITH due AS (
    SELECT owner_id, id FROM storage.versions
    WHERE next_check_at <= now() AND upload_server_id = ANY($1)
    ORDER BY next_check_at LIMIT $2 FOR UPDATE SKIP LOCKED
)
UPDATE storage.versions SET next_check_at = now() + interval '1 minute'
FROM due WHERE versions.owner_id = due.owner_id AND versions.id = due.id
RETURNING {COLUMNS}, now() > {PATIENCE} AS is_over, versions.settle_until IS NULL AS is_untouched
"""

# The longer an upload has been running, the rarer the looks: every tenth of its age.
# A row that somebody holds is skipped, for whoever locks many in another order: due in a minute.
LOOK_AGAIN = f"""
WITH looked AS (
    SELECT versions.owner_id, versions.id FROM storage.versions
    JOIN unnest($1::uuid[], $2::uuid[]) AS one (owner_id, id)
        ON one.owner_id = versions.owner_id AND one.id = versions.id
    WHERE versions.state = 'PENDING' FOR UPDATE OF versions SKIP LOCKED
)
UPDATE storage.versions
SET next_check_at = LEAST(
    now() + GREATEST(make_interval(secs => $3), (now() - created_at) / 10), {PATIENCE})
FROM looked WHERE versions.owner_id = looked.owner_id AND versions.id = looked.id
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An upload that is to be looked at now.

    `is_over`: nothing can arrive any more; `is_untouched`: nobody has begun to settle it.
    """

    upload: Version
    is_over: bool
    is_untouched: bool


async def note_multipart(
    db: Connection | Pool, owner_id: UUID, upload_id: UUID, multipart_id: str
) -> bool:
    """Write down what the server calls the upload; False when it is not wanted any more."""
    return await db.fetchval(NOTE_MULTIPART, owner_id, upload_id, multipart_id) is not None


async def keep_upload(db: Connection | Pool, upload: Version, seconds: float) -> Version | None:
    """An unfinished upload, which lives for so long from now; None when it is over."""
    row = await db.fetchrow(KEEP_UPLOAD, upload.owner_id, upload.id, seconds)
    return None if row is None else Version(**row)


async def take_due(db: Connection | Pool, server_ids: Sequence[UUID], limit: int) -> list[Due]:
    """Versions on these servers whose upload is to be looked at now.

    They are due again in a minute, should whoever took them die.
    """
    rows = [dict(row) for row in await db.fetch(TAKE_DUE, server_ids, limit)]
    return [
        Due(is_over=row.pop("is_over"), is_untouched=row.pop("is_untouched"), upload=Version(**row))
        for row in rows
    ]


async def look_again(
    db: Connection | Pool, uploads: Sequence[Version], least_seconds: float
) -> None:
    """Plan the next look at each of these uploads that is not there yet."""
    owners, ids = [one.owner_id for one in uploads], [one.id for one in uploads]
    await db.execute(LOOK_AGAIN, owners, ids, least_seconds)


async def look_at_the_end(db: Connection | Pool, upload: Version) -> None:
    """Plan the last look, for when nothing can arrive any more."""
    await db.execute(LOOK_AT_THE_END, upload.owner_id, upload.id)


async def forget_upload(db: Connection | Pool, upload: Version) -> None:
    """Nothing of this upload is left to be looked at."""
    await db.execute(FORGET_UPLOAD, upload.owner_id, upload.id)
