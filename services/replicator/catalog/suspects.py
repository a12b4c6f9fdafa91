"""Replicas that may not hold the bytes of their version: READY → SUSPECT → WANTED, or READY again.

SUSPECT is what was lost or is wrong; where no other server has it, it is read again now and then,
for disks come back. What could not be read stays READY, and is not verified until it can be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.catalog.placement import OPEN

if TYPE_CHECKING:
    from uuid import UUID

    from services.replicator.copying.evidence import Proven
    from shared.catalog.versions import Version
    from shared.db import Connection, Pool

# What could not be read is read again so much later, and so often before it is made again.
REST: Final = "interval '1 hour'"
MOST_READINGS: Final = 5
OF_SERVER: Final = """replicas.owner_id = $1 AND replicas.version_id = $2
    AND replicas.server_id = $3"""
# Only what another server can give again is ever written over. From one that is away nothing
# comes, and what waits for it would be read no more.
GOOD: Final = f"""
FROM storage.replicas AS good JOIN storage.servers ON servers.id = good.server_id
WHERE good.owner_id = replicas.owner_id AND good.version_id = replicas.version_id
    AND good.server_id <> replicas.server_id AND good.state = 'READY'
    AND {OPEN} AND servers.health <> 'offline'
"""
SUSPECT_REPLICA: Final = f"""
UPDATE storage.replicas
SET state = 'SUSPECT', verified_at = NULL, failures = 0, last_error = $4, updated_at = now()
WHERE {OF_SERVER} AND state = 'READY' RETURNING state
"""
RENEW_SUSPECTS: Final = f"""
UPDATE storage.replicas SET state = 'WANTED', next_attempt_at = now(), updated_at = now()
WHERE owner_id = $1 AND version_id = $2 AND state = 'SUSPECT' AND EXISTS (SELECT {GOOD})
RETURNING server_id
"""
# What comes back after weeks says nothing about how long copies take: it counts as bulk.
BELIEVE: Final = f"""
UPDATE storage.replicas
SET state = 'READY', verified_at = now(), failures = 0, last_error = NULL, is_bulk = true,
    next_attempt_at = CASE WHEN is_surplus THEN now() END, updated_at = now()
FROM storage.versions
WHERE {OF_SERVER} AND replicas.state = 'SUSPECT' AND versions.owner_id = replicas.owner_id
    AND versions.id = replicas.version_id AND versions.state = 'STORED' AND versions.sha256 = $4
RETURNING server_id
"""
# When a surplus copy goes, `next_attempt_at` says; of one in doubt `updated_at` says when it was
# looked at.
PUT_OFF: Final = f"""
UPDATE storage.replicas
SET verified_at = NULL, last_error = $4, failures = failures + (state = 'READY')::integer,
    next_attempt_at = CASE WHEN state = 'READY' AND NOT is_surplus THEN now() + {REST}
        ELSE next_attempt_at END,
    updated_at = CASE WHEN state = 'READY' THEN updated_at ELSE now() END
WHERE {OF_SERVER} AND state IN ('READY', 'SUSPECT')
"""
GIVE_UP: Final = f"""
UPDATE storage.replicas
SET state = 'WANTED', failures = 0, next_attempt_at = now(), updated_at = now()
WHERE {OF_SERVER} AND state = 'READY' AND verified_at IS NULL AND failures >= {MOST_READINGS}
    AND EXISTS (SELECT {GOOD} AND good.verified_at IS NOT NULL)
RETURNING server_id
"""


async def suspect_replica(
    db: Connection | Pool, version: Version, server_id: UUID, error: str
) -> bool:
    """READY → SUSPECT: its bytes are not those of the version."""
    row = await db.fetchval(SUSPECT_REPLICA, version.owner_id, version.id, server_id, error)
    return row is not None


async def renew_suspects(db: Connection | Pool, version: Version) -> set[UUID]:
    """SUSPECT → WANTED where a good copy exists; their servers."""
    rows = await db.fetch(RENEW_SUSPECTS, version.owner_id, version.id)
    return {row["server_id"] for row in rows}


async def believe(db: Connection | Pool, version: Version, read: Proven) -> bool:
    """SUSPECT → READY: it was read to its end and has the bytes of its version."""
    key = (version.owner_id, version.id, read.server_id)
    return await db.fetchval(BELIEVE, *key, read.sha256) is not None


async def put_off(db: Connection | Pool, version: Version, server_id: UUID, error: str) -> bool:
    """Read a copy again in an hour; whether it was made WANTED, for a good one can be read."""
    key = (version.owner_id, version.id, server_id)
    await db.execute(PUT_OFF, *key, error)
    return await db.fetchval(GIVE_UP, *key) is not None
