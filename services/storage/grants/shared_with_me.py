"""What others share with somebody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from services.storage.files.found import IS_OFF
from services.storage.files.paths import WAY_UP
from services.storage.grants.grants import BEHIND_ALL

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool

# A thing is there as long as it and what it is in are neither in the trash nor gone.
ABOVE: Final = WAY_UP.format(
    owner_id="grants.owner_id", folder_id="COALESCE(grants.folder_id, files.folder_id)"
)
# $1 who asks, $2 the last of the page before, $3 limit.
LIST_SHARED: Final = f"""
SELECT grants.id AS grant_id, COALESCE(grants.file_id, grants.folder_id) AS id,
    COALESCE(files.name, folders.name) AS name, grants.file_id IS NOT NULL AS is_file,
    grants.owner_id, grants.access, grants.created_at AS since, files.size, versions.content_type,
    COALESCE(files.updated_at, folders.updated_at) AS updated_at
FROM storage.grants
LEFT JOIN storage.files ON files.owner_id = grants.owner_id AND files.id = grants.file_id
LEFT JOIN storage.versions
    ON versions.owner_id = grants.owner_id AND versions.id = files.current_version_id
LEFT JOIN storage.folders
    ON folders.owner_id = grants.owner_id AND folders.id = grants.folder_id
CROSS JOIN LATERAL {ABOVE} AS above
WHERE grants.user_id = $1 AND grants.id < $2
    AND above.trashed_at IS NULL AND above.deleted_at IS NULL
    AND files.deleted_at IS NULL AND files.trashed_at IS NULL
    AND NOT {IS_OFF.format("grants.owner_id")}
ORDER BY grants.id DESC LIMIT $3
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedThing:
    """A file or a folder of `owner_id`; `size` in bytes, and None of a folder."""

    grant_id: UUID
    id: UUID
    name: str
    is_file: bool
    owner_id: UUID
    access: str
    since: datetime
    size: int | None
    content_type: str | None
    updated_at: datetime


async def list_shared(
    db: Connection | Pool, user_id: UUID, before: UUID | None, limit: int
) -> list[SharedThing]:
    """What others share with this person by name, last shared first."""
    rows = await db.fetch(LIST_SHARED, user_id, before or BEHIND_ALL, limit)
    return [SharedThing(**row) for row in rows]
