"""Dead letters: copies that failed again and again by what the server says of the object itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool

COLUMNS: Final = """dead_letters.id, dead_letters.owner_id, versions.file_id,
    dead_letters.version_id, dead_letters.server_id, dead_letters.attempts, dead_letters.error,
    dead_letters.created_at, replicas.next_attempt_at"""
TABLES: Final = """storage.dead_letters
JOIN storage.versions ON versions.owner_id = dead_letters.owner_id
    AND versions.id = dead_letters.version_id
JOIN storage.replicas ON replicas.owner_id = dead_letters.owner_id
    AND replicas.version_id = dead_letters.version_id
    AND replicas.server_id = dead_letters.server_id"""

# $1 before this id, $2 how many
LIST_LETTERS: Final = f"""
SELECT {COLUMNS} FROM {TABLES}
WHERE dead_letters.dropped_at IS NULL
    AND dead_letters.id < COALESCE($1::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
ORDER BY dead_letters.id DESC LIMIT $2
"""
# $1 of this letter, $2 of this server, $3 with this text in the error: each null for any
RETRY: Final = """
WITH letters AS (
    DELETE FROM storage.dead_letters
    WHERE dropped_at IS NULL AND ($1::uuid IS NULL OR id = $1)
        AND ($2::uuid IS NULL OR server_id = $2)
        AND ($3::text IS NULL OR position($3 IN error) > 0)
    RETURNING owner_id, version_id, server_id
)
UPDATE storage.replicas
SET state = 'WANTED', failures = 0, next_attempt_at = now(), updated_at = now()
FROM letters
WHERE replicas.owner_id = letters.owner_id AND replicas.version_id = letters.version_id
    AND replicas.server_id = letters.server_id AND replicas.state = 'FAILED'
RETURNING replicas.server_id
"""
DROP: Final = """
UPDATE storage.dead_letters SET dropped_at = now(), dropped_by = $2, reason = $3
WHERE id = $1 AND dropped_at IS NULL RETURNING server_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One copy that needs somebody to look at it; it is tried again at `next_attempt_at`."""

    id: UUID
    owner_id: UUID
    file_id: UUID
    version_id: UUID
    server_id: UUID
    attempts: int
    error: str
    created_at: datetime
    next_attempt_at: datetime | None


async def list_letters(db: Connection | Pool, before: UUID | None, limit: int) -> list[DeadLetter]:
    """Letters that nobody has dropped, newest first, from before that one on."""
    return [DeadLetter(**row) for row in await db.fetch(LIST_LETTERS, before, limit)]


async def retry_letters(
    db: Connection | Pool,
    letter_id: UUID | None = None,
    *,
    server_id: UUID | None = None,
    error: str | None = None,
) -> list[UUID]:
    """Have these copies tried again now; the server of each."""
    rows = await db.fetch(RETRY, letter_id, server_id, error)
    return [row["server_id"] for row in rows]


async def drop_letter(
    db: Connection | Pool, letter_id: UUID, dropped_by: UUID, reason: str
) -> UUID | None:
    """List a letter no more; its server, or None when there is no such letter."""
    server_id: UUID | None = await db.fetchval(DROP, letter_id, dropped_by, reason)
    return server_id
