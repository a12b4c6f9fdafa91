"""Uploads that somebody began where they may not write any more are given up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.storage.uploads.abort import drop_upload
from services.storage.uploads.own_uploads import MAY_WRITE

if TYPE_CHECKING:
    from uuid import UUID

    from shared.db import Pool

# $1 who began them, $2 whose the files are.
LIST_WITHDRAWN: Final = f"""
SELECT versions.file_id, versions.id FROM storage.versions
WHERE created_by = $1 AND owner_id = $2 AND state = 'PENDING' AND {MAY_WRITE} IS NOT TRUE
"""


async def withdraw_uploads(pool: Pool, user_id: UUID, owner_id: UUID) -> None:
    """Give them up at once: their names and the room they reserved are free again."""
    for row in await pool.fetch(LIST_WITHDRAWN, user_id, owner_id):
        place = owner_id, row["file_id"], row["id"]
        await drop_upload(pool, *place, may_have_bytes=True)
