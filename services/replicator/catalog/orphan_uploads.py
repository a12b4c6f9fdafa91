"""Whether a row knows of an unfinished multipart upload."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from shared.db import Connection, Pool
    from shared.stores.multipart import Upload

# Its id is written down before its first part is sent; a day is enough for any such moment.
IS_WANTED: Final = """
SELECT $3::timestamptz > now() - interval '24 hours' OR EXISTS (
    SELECT FROM storage.versions
    WHERE versions.key = $1 AND versions.multipart_id = $2 AND versions.state = 'PENDING'
) OR EXISTS (
    SELECT FROM storage.versions JOIN storage.replicas
        ON replicas.owner_id = versions.owner_id AND replicas.version_id = versions.id
    WHERE versions.key = $1 AND replicas.upload_id = $2 AND replicas.state <> 'GONE')
"""


async def is_wanted(db: Connection | Pool, upload: Upload) -> bool:
    """Whether it is young, or somebody may still go on with it."""
    wanted: bool = await db.fetchval(IS_WANTED, upload.key, upload.upload_id, upload.started_at)
    return wanted
