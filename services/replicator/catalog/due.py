"""What PostgreSQL knows to be due, whether a message ever told of it or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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
# $1 servers that do not answer now, $2 how many fresh ones, $3 how many of each other kind
LIST_DUE = f"""
WITH waiting AS (
    SELECT replicas.owner_id, replicas.version_id FROM storage.replicas
    JOIN storage.servers ON servers.id = replicas.server_id
    WHERE replicas.state = 'WANTED' AND NOT replicas.is_bulk AND replicas.next_attempt_at <= now()
        AND NOT replicas.is_surplus AND {TAKES} AND replicas.server_id <> ALL($1::uuid[])
    ORDER BY replicas.next_attempt_at LIMIT $2
), later AS (
    SELECT replicas.owner_id, replicas.version_id FROM storage.replicas
    JOIN storage.servers ON servers.id = replicas.server_id
    WHERE (replicas.state IN ('FAILED', 'ERASING')
            OR replicas.state = 'WANTED' AND replicas.is_bulk)
        AND replicas.next_attempt_at <= now()
        AND ({TAKES} AND NOT replicas.is_surplus OR {OPEN} AND replicas.state = 'ERASING')
        AND replicas.server_id <> ALL($1::uuid[])
    ORDER BY replicas.next_attempt_at LIMIT $3
), surplus AS (
    SELECT owner_id, version_id FROM storage.replicas
    WHERE is_surplus AND state IN ('WANTED', 'READY', 'SUSPECT', 'FAILED')
        AND next_attempt_at <= now()
    ORDER BY next_attempt_at LIMIT $3
), deleting AS (
    SELECT versions.owner_id, versions.id FROM storage.versions
    WHERE versions.state = 'DELETING' AND NOT EXISTS (
        SELECT FROM storage.replicas
        WHERE replicas.owner_id = versions.owner_id AND replicas.version_id = versions.id
            AND replicas.state IN ('COPYING', 'ERASING'))
    LIMIT $3
)
SELECT due.*, versions.size FROM (
    SELECT owner_id, version_id, bool_and(is_bulk) AS is_bulk, count(*) AS rows FROM (
        SELECT *, false AS is_bulk FROM waiting UNION ALL SELECT *, true FROM later
        UNION ALL SELECT *, true FROM surplus UNION ALL SELECT *, true FROM deleting
    ) AS found GROUP BY owner_id, version_id
) AS due
JOIN storage.versions ON versions.owner_id = due.owner_id AND versions.id = due.version_id
ORDER BY due.is_bulk
"""


class Due(NamedTuple):
    """A version of `size` bytes that is to be cared for; bulk work goes behind fresh work.

    `rows` of the catalog say so, such as one for each copy that is wanted.
    """

    owner_id: UUID
    version_id: UUID
    is_bulk: bool
    rows: int
    size: int


async def expire_leases(db: Connection | Pool) -> None:
    """COPYING → WANTED where the lease has run out."""
    await db.execute(EXPIRE_LEASES)


async def list_due(
    db: Connection | Pool, silent_servers: Collection[UUID], fresh: int, bulk: int
) -> list[Due]:
    """Up to `fresh` versions, and then three times `bulk` others, to do something about now."""
    return [Due(*row) for row in await db.fetch(LIST_DUE, silent_servers, fresh, bulk)]
