"""Replicas that turned out not to hold the bytes of their version: READY → SUSPECT → WANTED."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from shared.db import Connection, Pool

SUSPECT_REPLICA = """
UPDATE storage.replicas
SET state = 'SUSPECT', verified_at = NULL, last_error = $3, updated_at = now()
WHERE version_id = $1 AND server_id = $2 AND state = 'READY' RETURNING state
"""
# Only what another server can give again is ever written over.
RENEW_SUSPECTS = """
UPDATE storage.replicas SET state = 'WANTED', next_attempt_at = now(), updated_at = now()
WHERE version_id = $1 AND state = 'SUSPECT' AND EXISTS (
    SELECT FROM storage.replicas AS good WHERE good.version_id = $1 AND good.state = 'READY')
RETURNING server_id
"""


async def suspect_replica(
    db: Connection | Pool, version_id: UUID, server_id: UUID, error: str
) -> bool:
    """READY → SUSPECT: its bytes are not those of the version."""
    return await db.fetchval(SUSPECT_REPLICA, version_id, server_id, error) is not None


async def renew_suspects(db: Connection | Pool, version_id: UUID) -> set[UUID]:
    """SUSPECT → WANTED where a good copy exists; their servers."""
    return {row["server_id"] for row in await db.fetch(RENEW_SUSPECTS, version_id)}
