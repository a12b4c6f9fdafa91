"""Versions of which no server has anything any more: nothing can be copied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.replicator.catalog.claims import REST

if TYPE_CHECKING:
    from uuid import UUID

    from shared.catalog.versions import Version
    from shared.db import Connection, Pool

WORDS: Final = "no server has a copy any more"
# It can be copied from, may be read again one day, or is being made.
HAS_IT: Final = frozenset(("READY", "SUSPECT", "COPYING"))
REST_LOST: Final = f"""
WITH before AS (
    SELECT owner_id, version_id, server_id, last_error FROM storage.replicas
    WHERE owner_id = $1 AND version_id = $2 AND state IN ('WANTED', 'FAILED') AND NOT is_surplus
    FOR UPDATE SKIP LOCKED
), resting AS (
    UPDATE storage.replicas
    SET next_attempt_at = now() + {REST}, last_error = $3, updated_at = now()
    FROM before
    WHERE replicas.owner_id = before.owner_id AND replicas.version_id = before.version_id
        AND replicas.server_id = before.server_id AND NOT EXISTS (
            SELECT FROM storage.replicas AS others
            WHERE others.owner_id = $1 AND others.version_id = $2 AND others.state = ANY($4))
    RETURNING replicas.server_id, before.last_error
)
SELECT server_id FROM resting WHERE last_error IS DISTINCT FROM $3
"""


async def rest_lost(db: Connection | Pool, version: Version) -> list[UUID]:
    """Look for a version again in hours only; the servers of which that was not known yet."""
    rows = await db.fetch(REST_LOST, version.owner_id, version.id, WORDS, HAS_IT)
    return [row["server_id"] for row in rows]
