"""The states that servers were in, one row a change; the database adds them, see sql/storage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from shared.catalog.servers import ServerState
    from shared.db import Connection, Pool

KEPT_DAYS: Final = 90
# A server that comes and goes all day long is no reason to keep more.
MOST_KEPT: Final = 10_000

LIST_CHANGES: Final = """
WITH page AS MATERIALIZED (
    SELECT id, state, takes_writes, at FROM storage.health_changes
    WHERE server_id = $1 AND id < COALESCE($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
    ORDER BY id DESC LIMIT $3
)
SELECT id, state, takes_writes, at AS since,
    (SELECT later.at FROM storage.health_changes AS later
    WHERE later.server_id = $1 AND later.id > page.id ORDER BY later.id LIMIT 1) AS until
FROM page ORDER BY id DESC
"""
# What the oldest day that is kept began with stays.
PRUNE_CHANGES: Final = f"""
WITH bounds AS MATERIALIZED (
    SELECT servers.id AS server_id, GREATEST(
        (SELECT id FROM storage.health_changes
        WHERE server_id = servers.id
            AND id <= storage.first_id(now() - interval '{KEPT_DAYS} days')
        ORDER BY id DESC LIMIT 1),
        (SELECT id FROM storage.health_changes
        WHERE server_id = servers.id ORDER BY id DESC OFFSET {MOST_KEPT - 1} LIMIT 1)) AS oldest
    FROM storage.servers
)
DELETE FROM storage.health_changes USING bounds
WHERE health_changes.server_id = bounds.server_id AND health_changes.id < bounds.oldest
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthChange:
    """A state that a server was in; `until` None: it still is."""

    id: UUID
    state: ServerState
    takes_writes: bool
    since: datetime
    until: datetime | None


async def list_changes(
    db: Connection | Pool, server_id: UUID, before: UUID | None, limit: int
) -> list[HealthChange]:
    """The states of a server, newest first."""
    rows = await db.fetch(LIST_CHANGES, server_id, before, limit)
    return [HealthChange(**row) for row in rows]


async def prune_changes(db: Connection | Pool) -> None:
    """Drop what is older than is kept, and all but the newest of a server that has too many."""
    await db.execute(PRUNE_CHANGES)
