"""Replicas that turned out not to hold the bytes of their version: READY → SUSPECT → WANTED."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from shared.catalog.versions import Version
    from shared.db import Connection, Pool

SUSPECT_REPLICA = """
UPDATE storage.replicas
SET state = 'SUSPECT', verified_at = NULL, last_error = $4, updated_at = now()
WHERE owner_id = $1 AND version_id = $2 AND server_id = $3 AND state = 'READY' RETURNING state
"""
# Only what another server can give again is ever written over.
RENEW_SUSPECTS = """
UPDATE storage.replicas SET state = 'WANTED', next_attempt_at = now(), updated_at = now()
WHERE owner_id = $1 AND version_id = $2 AND state = 'SUSPECT' AND EXISTS (
    SELECT FROM storage.replicas AS good
    WHERE good.owner_id = $1 AND good.version_id = $2 AND good.state = 'READY')
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
