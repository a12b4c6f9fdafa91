"""Uploads to servers that were removed: nothing arrives there any more, and nobody looks there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.storage.uploads.abort import drop_upload

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from shared.db import Pool

PAGE: Final = 500
# Whatever has to be looked at: unfinished ones, and those that may have left bytes.
LIST_LOST: Final = """
SELECT owner_id, file_id, id, state = 'PENDING' AS is_unfinished FROM storage.versions
WHERE next_check_at IS NOT NULL AND upload_server_id = ANY($1::uuid[]) LIMIT $2
"""
FORGET_LOOKS: Final = """
UPDATE storage.versions SET upload_key = NULL, next_check_at = NULL
FROM unnest($1::uuid[], $2::uuid[]) AS lost (owner_id, id)
WHERE versions.owner_id = lost.owner_id AND versions.id = lost.id AND versions.state <> 'PENDING'
"""


async def drop_lost_uploads(pool: Pool, server_ids: Sequence[UUID]) -> None:
    """Give them up, page by page: their names and the room they reserved are free again."""
    page = PAGE
    while page == PAGE:
        rows = await pool.fetch(LIST_LOST, server_ids, PAGE)
        page = len(rows)
        for row in rows:
            if row["is_unfinished"]:
                place = row["owner_id"], row["file_id"], row["id"]
                await drop_upload(pool, *place, may_have_bytes=False)
        owners, ids = [row["owner_id"] for row in rows], [row["id"] for row in rows]
        await pool.execute(FORGET_LOOKS, owners, ids)
