"""What PostgreSQL knows to be due, whether a message ever told of it or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.catalog.placement import OPEN, TAKES

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from shared.db import Connection, Pool

# Whoever held the lease is gone or has lost it.
EXPIRE_LEASES = """
UPDATE storage.replicas
SET state = 'WANTED', next_attempt_at = now(), lease_owner = NULL, lease_until = NULL,
    last_error = 'the copier disappeared', updated_at = now()
WHERE state = 'COPYING' AND lease_until < now()
"""
# $1 servers that do not answer now, $2 how many
LIST_DUE = f"""
WITH waiting AS (
    SELECT replicas.owner_id, replicas.version_id FROM storage.replicas
    JOIN storage.servers ON servers.id = replicas.server_id
    WHERE replicas.state IN ('WANTED', 'FAILED', 'ERASING') AND replicas.next_attempt_at <= now()
        AND ({TAKES} OR {OPEN} AND replicas.state = 'ERASING')
        AND replicas.server_id <> ALL($1::uuid[])
    ORDER BY replicas.next_attempt_at LIMIT $2
), deleting AS (
    SELECT versions.owner_id, versions.id FROM storage.versions
    WHERE versions.state = 'DELETING' AND NOT EXISTS (
        SELECT FROM storage.replicas
        WHERE replicas.owner_id = versions.owner_id AND replicas.version_id = versions.id
            AND replicas.state IN ('COPYING', 'ERASING'))
    LIMIT $2
)
SELECT owner_id, version_id FROM waiting UNION SELECT owner_id, id FROM deleting
"""


async def expire_leases(db: Connection | Pool) -> None:
    """COPYING → WANTED where the lease has run out."""
    await db.execute(EXPIRE_LEASES)


async def list_due(
    db: Connection | Pool, silent_servers: Collection[UUID], limit: int
) -> list[tuple[UUID, UUID]]:
    """Up to twice `limit` versions, each behind its owner, to do something about now."""
    rows = await db.fetch(LIST_DUE, silent_servers, limit)
    return [(row["owner_id"], row["version_id"]) for row in rows]
