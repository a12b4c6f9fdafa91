"""What would be lost with a server: versions of which no other server has a verified copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from uuid import UUID

    from shared.db import Connection, Pool

SOLE: Final = """
FROM storage.replicas
JOIN storage.versions ON versions.owner_id = replicas.owner_id AND versions.id = replicas.version_id
WHERE replicas.server_id = $1 AND replicas.state IN ('READY', 'SUSPECT')
    AND versions.state = 'STORED'
    AND NOT EXISTS (
        SELECT FROM storage.replicas AS others
        JOIN storage.servers ON servers.id = others.server_id
        WHERE others.owner_id = replicas.owner_id AND others.version_id = replicas.version_id
            AND others.server_id <> $1 AND others.state = 'READY' AND servers.removed_at IS NULL
    )
"""
COUNT_SOLE: Final = f"""
SELECT count(DISTINCT versions.file_id) AS files, count(*) AS versions,
    COALESCE(sum(versions.size), 0)::bigint AS bytes
{SOLE}
"""
NAME_SOLE: Final = f"""
SELECT versions.owner_id, versions.file_id, versions.id AS version_id, versions.number,
    versions.size
{SOLE}
ORDER BY versions.owner_id, versions.id LIMIT $2
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much: files, versions of them, and their bytes."""

    files: int
    versions: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SoleCopy:
    """A version that one server alone has."""

    owner_id: UUID
    file_id: UUID
    version_id: UUID
    number: int
    size: int


async def count_sole_copies(db: Connection | Pool, server_id: UUID) -> Counts:
    """How much only this server has."""
    row: Any = await db.fetchrow(COUNT_SOLE, server_id)
    return Counts(**row)


async def list_sole_copies(db: Connection | Pool, server_id: UUID, limit: int) -> list[SoleCopy]:
    """Some of the versions that only this server has."""
    return [SoleCopy(**row) for row in await db.fetch(NAME_SOLE, server_id, limit)]
