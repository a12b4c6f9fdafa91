"""Versions as people see them: numbers, each with the bytes that the file had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool

# $1 owner, $2 file: stored bytes under their own numbers, and again under those of restorations.
NUMBERED: Final = """
numbered AS (
    SELECT versions.number, NULL::integer AS restored_from, versions.id, versions.size,
        versions.content_type, versions.sha256, versions.created_by, versions.created_at,
        versions.stored_at
    FROM storage.versions
    WHERE versions.owner_id = $1 AND versions.file_id = $2 AND versions.state = 'STORED'
    UNION ALL
    SELECT again.number, again.restored_from, versions.id, versions.size, versions.content_type,
        versions.sha256, again.created_by, again.created_at, again.created_at
    FROM storage.restored_versions AS again
    JOIN storage.versions
        ON versions.owner_id = again.owner_id AND versions.id = again.version_id
    WHERE again.owner_id = $1 AND again.file_id = $2 AND versions.state = 'STORED'
)
"""
COLUMNS: Final = "number, restored_from, id, size, content_type, sha256, created_by, created_at"
LIST_VERSIONS: Final = f"""
WITH {NUMBERED} SELECT {COLUMNS} FROM numbered
WHERE number < $3 ORDER BY number DESC LIMIT $4
"""
FIND_VERSION: Final = f"WITH {NUMBERED} SELECT {COLUMNS} FROM numbered WHERE number = $3"
NO_NUMBER: Final = 0x7FFFFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedVersion:
    """A version of a file; `id` is that of its bytes, which several may share."""

    number: int
    restored_from: int | None
    id: UUID
    size: int
    content_type: str
    sha256: bytes | None
    created_by: UUID | None
    created_at: datetime


async def list_versions(
    db: Connection | Pool, owner_id: UUID, file_id: UUID, below: int | None, limit: int
) -> list[NumberedVersion]:
    """The stored versions of a file, newest first, below a number."""
    rows = await db.fetch(LIST_VERSIONS, owner_id, file_id, below or NO_NUMBER, limit)
    return [NumberedVersion(**row) for row in rows]


async def find_version(
    db: Connection | Pool, owner_id: UUID, file_id: UUID, number: int
) -> NumberedVersion | None:
    """A stored version of a file."""
    row = await db.fetchrow(FIND_VERSION, owner_id, file_id, number)
    return None if row is None else NumberedVersion(**row)
