"""Give up an upload that never came, or is not wanted any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.storage.files.files import LOCK_FILE
from shared.catalog.version_states import BECOMES_DROPPED, MAY_BECOME_DROPPED
from shared.catalog.versions import find_version

if TYPE_CHECKING:
    from uuid import UUID

    from shared.catalog.versions import Version
    from shared.db import Pool

# Without the upload its file shows the version before it, or was never there.
DROP_UPLOAD = f"""
WITH dropped AS (
    UPDATE storage.versions
    SET {BECOMES_DROPPED}, next_check_at = CASE WHEN $3 THEN now() END,
        upload_key = CASE WHEN $3 THEN upload_key END
    WHERE owner_id = $1 AND id = $2 AND {MAY_BECOME_DROPPED} RETURNING owner_id, id, file_id
), other AS (
    SELECT versions.id, versions.size FROM storage.versions
    JOIN dropped ON dropped.owner_id = versions.owner_id AND dropped.file_id = versions.file_id
    WHERE versions.id <> dropped.id AND versions.state IN ('PENDING', 'STORED')
    ORDER BY versions.state = 'STORED' DESC, versions.number DESC LIMIT 1
), changed AS (
    UPDATE storage.files
    SET current_version_id = COALESCE((SELECT id FROM other), current_version_id),
        size = COALESCE((SELECT size FROM other), files.size),
        deleted_at = CASE WHEN NOT EXISTS (SELECT FROM other) THEN now() END,
        folder_id = CASE WHEN EXISTS (SELECT FROM other) THEN folder_id END,
        updated_at = now(), revision = revision + 1
    FROM dropped
    WHERE files.owner_id = dropped.owner_id AND files.id = dropped.file_id
        AND files.current_version_id = dropped.id
)
SELECT id FROM dropped
"""


async def give_up_upload(pool: Pool, upload: Version) -> bool:
    """Abort it for whoever sent it, as they may more than once; False when it is finished."""
    if upload.state == "PENDING" and not await abort_upload(pool, upload, may_have_bytes=True):
        # It ended since it was read, in one way or the other.
        found = await find_version(pool, upload.owner_id, upload.id)
        return found is None or found.state != "STORED"
    return upload.state != "STORED"


async def abort_upload(pool: Pool, upload: Version, *, may_have_bytes: bool) -> bool:
    """PENDING → GONE; whether it was still PENDING.

    With `may_have_bytes` the sweep erases what was put, or still will be while the URL lives.
    """
    place = (upload.owner_id, upload.file_id)
    return await drop_upload(pool, *place, upload.id, may_have_bytes=may_have_bytes)


async def drop_upload(
    pool: Pool, owner_id: UUID, file_id: UUID, upload_id: UUID, *, may_have_bytes: bool
) -> bool:
    """Abort an upload that is known by its ids only."""
    async with pool.acquire() as db, db.transaction():
        # Two uploads of one name that end together have to see each other, so they take turns.
        await db.execute(LOCK_FILE, owner_id, file_id)
        return await db.fetchval(DROP_UPLOAD, owner_id, upload_id, may_have_bytes) is not None
