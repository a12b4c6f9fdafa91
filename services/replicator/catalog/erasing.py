"""A version on its way out: its replicas → ERASING → GONE, and then itself GONE. Never back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.replicator.catalog.holdings import DUE_FOR_ERASURE
from shared.catalog.version_states import BECOMES_GONE, MAY_BECOME_GONE

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from shared.catalog.versions import Version
    from shared.db import Connection, Pool

# Where a version was uploaded, its object came without an attempt.
NEVER_COPIED = """replicas.state = 'WANTED' AND replicas.attempt = 0
        AND replicas.server_id <> versions.upload_server_id"""
# A copy under way is left to its holder, who finds the version DELETING when it commits.
RETIRE_REPLICAS = f"""
UPDATE storage.replicas
SET state = CASE WHEN {NEVER_COPIED} THEN 'GONE' ELSE 'ERASING' END,
    next_attempt_at = CASE WHEN {NEVER_COPIED} THEN NULL ELSE now() END,
    lease_owner = NULL, lease_until = NULL, updated_at = now()
FROM storage.versions
WHERE versions.owner_id = $1 AND versions.id = $2 AND versions.state = 'DELETING'
    AND replicas.owner_id = versions.owner_id AND replicas.version_id = versions.id
    AND (replicas.state IN ('WANTED', 'FAILED', 'READY', 'SUSPECT')
        OR replicas.state = 'COPYING' AND replicas.lease_until < now())
"""
CLAIM_ERASURES = f"""
UPDATE storage.replicas
SET attempt = replicas.attempt + 1, next_attempt_at = now() + make_interval(secs => $4),
    updated_at = now()
FROM storage.servers
WHERE replicas.owner_id = $1 AND replicas.version_id = $2
    AND replicas.server_id = ANY($3::uuid[])
    AND servers.id = replicas.server_id AND {DUE_FOR_ERASURE}
RETURNING replicas.owner_id, replicas.version_id, replicas.server_id, replicas.attempt,
    replicas.upload_id
"""
# Where the last attempt was cut off, the server may still be writing: it is erased once more.
FINISH_ERASURE = """
UPDATE storage.replicas
SET state = CASE WHEN last_error IS NULL THEN 'GONE' ELSE 'ERASING' END,
    next_attempt_at = CASE WHEN last_error IS NULL THEN NULL
        ELSE now() + make_interval(secs => $5) END,
    upload_id = NULL, last_error = NULL, verified_at = NULL, updated_at = now()
WHERE owner_id = $1 AND version_id = $2 AND server_id = $3 AND state = 'ERASING' AND attempt = $4
RETURNING state
"""
DELAY_ERASURE = """
UPDATE storage.replicas
SET next_attempt_at = now() + make_interval(secs => $5), last_error = $6, updated_at = now()
WHERE owner_id = $1 AND version_id = $2 AND server_id = $3 AND state = 'ERASING' AND attempt = $4
"""
# Nobody erases anything on a server that was removed.
ERASE_AGAIN = """
UPDATE storage.replicas
SET state = 'ERASING', next_attempt_at = now() + make_interval(secs => $4), updated_at = now()
WHERE owner_id = $1 AND version_id = $2 AND server_id = $3 AND state IN ('ERASING', 'GONE')
    AND EXISTS (SELECT FROM storage.servers WHERE id = $3 AND removed_at IS NULL)
RETURNING version_id
"""
CLOSE_VERSION = f"""
WITH closed AS (
    UPDATE storage.versions SET {BECOMES_GONE}
    WHERE owner_id = $1 AND id = $2 AND {MAY_BECOME_GONE}
    RETURNING owner_id, id
), hashes AS (
    DELETE FROM storage.part_hashes USING closed
    WHERE part_hashes.owner_id = closed.owner_id AND part_hashes.version_id = closed.id
)
DELETE FROM storage.dead_letters USING closed
WHERE dead_letters.owner_id = closed.owner_id AND dead_letters.version_id = closed.id
"""


@dataclass(frozen=True, slots=True)
class Erasure:
    """One object to be erased; `upload_id` is a multipart upload that goes with it."""

    owner_id: UUID
    version_id: UUID
    server_id: UUID
    attempt: int
    upload_id: str | None


async def retire_replicas(db: Connection | Pool, version: Version) -> None:
    """Send all replicas of a version that is DELETING on their way out."""
    await db.execute(RETIRE_REPLICAS, version.owner_id, version.id)


async def claim_erasures(
    db: Connection | Pool, version: Version, server_ids: Collection[UUID], seconds: float
) -> list[Erasure]:
    """Take the erasures due on these servers; each is due again after `seconds`."""
    rows = await db.fetch(CLAIM_ERASURES, version.owner_id, version.id, server_ids, seconds)
    return [Erasure(*row) for row in rows]


async def finish_erasure(
    db: Connection | Pool, erasure: Erasure, again_seconds: float
) -> str | None:
    """ERASING → GONE, or due once more in a while; None when another has it."""
    state: str | None = await db.fetchval(FINISH_ERASURE, *_attempt(erasure), again_seconds)
    return state


async def delay_erasure(
    db: Connection | Pool, erasure: Erasure, error: str, delay_seconds: float
) -> None:
    """Try again in a while, for ever."""
    await db.execute(DELAY_ERASURE, *_attempt(erasure), delay_seconds, error)


async def erase_again(
    db: Connection | Pool, version: Version, server_id: UUID, delay_seconds: float
) -> bool:
    """GONE → ERASING, for something may have been written since; False: it is there to stay."""
    row = await db.fetchval(ERASE_AGAIN, version.owner_id, version.id, server_id, delay_seconds)
    return row is not None


async def close_version(db: Connection | Pool, version: Version) -> None:
    """DELETING → GONE, unless a replica is left."""
    await db.execute(CLOSE_VERSION, version.owner_id, version.id)


def _attempt(erasure: Erasure) -> tuple[UUID, UUID, UUID, int]:
    return erasure.owner_id, erasure.version_id, erasure.server_id, erasure.attempt
