"""How full every server is: what it has of what it should have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from shared.db import Connection, Pool

COUNT_FILLED: Final = """
SELECT servers.name, count(held.state) AS wanted,
    count(held.state) FILTER (WHERE held.state = 'READY') AS ready,
    COALESCE(sum(held.size), 0)::bigint AS wanted_bytes,
    COALESCE(sum(held.size) FILTER (WHERE held.state = 'READY'), 0)::bigint AS ready_bytes
FROM storage.servers LEFT JOIN (
    SELECT replicas.server_id, replicas.state, versions.size FROM storage.replicas
    JOIN storage.versions
        ON versions.owner_id = replicas.owner_id AND versions.id = replicas.version_id
    WHERE replicas.state NOT IN ('ERASING', 'GONE') AND NOT replicas.is_surplus
        AND versions.state = 'STORED'
) AS held ON held.server_id = servers.id
WHERE servers.removed_at IS NULL GROUP BY servers.name ORDER BY servers.name
"""


class Filled(NamedTuple):
    """Of one server: copies it should have and has, and their bytes."""

    server: str
    wanted: int
    ready: int
    wanted_bytes: int
    ready_bytes: int


async def count_filled(db: Connection | Pool) -> list[Filled]:
    """How full the servers are, by name."""
    return [Filled(*row) for row in await db.fetch(COUNT_FILLED)]
