"""A replica on its way: WANTED → COPYING under a lease → READY, or back to WANTED, or FAILED.

Every change names the lease it was made under, so whoever has lost it changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.replicator.catalog.holdings import DUE_FOR_COPY

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from services.replicator.copying.evidence import Proven
    from shared.catalog.versions import Version
    from shared.db import Connection, Pool

MOST_FAILURES = 8
# A dead letter waits for somebody who looks at it, and is tried again all the same: whatever was
# wrong may have been put right, and no copy is given up for ever.
REST = "interval '6 hours'"

UNDER_LEASE = """replicas.owner_id = $1 AND replicas.version_id = $2 AND replicas.server_id = $3
    AND replicas.state = 'COPYING' AND replicas.lease_owner = $4 AND replicas.attempt = $5"""

CLAIM_COPIES = f"""
UPDATE storage.replicas
SET state = 'COPYING', lease_owner = $4, lease_until = now() + make_interval(secs => $5),
    attempt = replicas.attempt + 1, next_attempt_at = NULL, updated_at = now()
FROM storage.versions, storage.servers
WHERE replicas.owner_id = $1 AND replicas.version_id = $2
    AND replicas.server_id = ANY($3::uuid[])
    AND versions.owner_id = replicas.owner_id AND versions.id = replicas.version_id
    AND versions.state = 'STORED'
    AND servers.id = replicas.server_id AND {DUE_FOR_COPY}
RETURNING replicas.owner_id, replicas.version_id, replicas.server_id, replicas.lease_owner,
    replicas.attempt, replicas.upload_id, replicas.is_bulk
"""
RENEW_LEASES = """
UPDATE storage.replicas SET lease_until = now() + make_interval(secs => $5)
WHERE owner_id = $1 AND version_id = $2 AND server_id = ANY($3::uuid[])
    AND state = 'COPYING' AND lease_owner = $4
RETURNING server_id
"""
NOTE_UPLOAD = f"UPDATE storage.replicas SET upload_id = $6 WHERE {UNDER_LEASE} RETURNING attempt"
# The lock makes it wait for a deletion under way, and a deletion wait for it: a copy that ends
# after its version began to be deleted is on its way out in the same moment.
FINISH = f"""
WITH version AS ({{version}}), done AS (
UPDATE storage.replicas
SET state = CASE WHEN is_stored THEN 'READY' ELSE 'ERASING' END,
    verified_at = CASE WHEN is_stored THEN now() END,
    next_attempt_at = CASE WHEN is_stored AND NOT replicas.is_surplus THEN NULL ELSE now() END,
    lease_owner = NULL, lease_until = NULL, upload_id = NULL, last_error = NULL, failures = 0,
    updated_at = now()
FROM version WHERE {UNDER_LEASE}
RETURNING replicas.owner_id, replicas.version_id, replicas.server_id, replicas.state
), letter AS (
    DELETE FROM storage.dead_letters USING done
    WHERE dead_letters.owner_id = done.owner_id AND dead_letters.version_id = done.version_id
        AND dead_letters.server_id = done.server_id
)
SELECT state FROM done
"""
FINISH_COPY = FINISH.format(
    version="""
    SELECT state = 'STORED' AS is_stored FROM storage.versions
    WHERE owner_id = $1 AND id = $2 AND sha256 = $6 FOR SHARE
"""
)
# Of a version whose hash was not known: that of its first proven reading stays, and the server
# that was read is verified by it.
FINISH_FIRST_COPY = FINISH.format(
    version="""
    UPDATE storage.versions SET sha256 = $6, proof = COALESCE(proof, $7)
    WHERE owner_id = $1 AND id = $2 AND (sha256 IS NULL OR sha256 = $6)
    RETURNING state = 'STORED' AS is_stored
), source AS (
    UPDATE storage.replicas SET verified_at = now() FROM version
    WHERE owner_id = $1 AND version_id = $2 AND server_id = $8 AND state = 'READY'
        AND verified_at IS NULL
"""
)
FAIL_COPY = f"""
WITH failed AS (
    UPDATE storage.replicas
    SET failures = failures + $6::integer,
        state = CASE WHEN failures + $6::integer >= {MOST_FAILURES} THEN 'FAILED' ELSE 'WANTED' END,
        next_attempt_at = now() + CASE
            WHEN $6 > 0 AND failures + $6::integer >= {MOST_FAILURES} THEN {REST}
            ELSE make_interval(secs => $7) END,
        last_error = $8, upload_id = CASE WHEN $9 THEN upload_id END,
        lease_owner = NULL, lease_until = NULL, updated_at = now()
    WHERE {UNDER_LEASE}
    RETURNING owner_id, version_id, server_id, state, attempt, last_error
), letter AS (
    INSERT INTO storage.dead_letters (owner_id, version_id, server_id, attempts, error)
    SELECT owner_id, version_id, server_id, attempt, last_error FROM failed
    WHERE state = 'FAILED'
    ON CONFLICT (owner_id, version_id, server_id) DO UPDATE
    SET attempts = EXCLUDED.attempts, error = EXCLUDED.error, created_at = now()
)
SELECT state FROM failed
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to copy to one server, as long as the lease is renewed."""

    owner_id: UUID
    version_id: UUID
    server_id: UUID
    lease_owner: str
    attempt: int
    upload_id: str | None
    is_bulk: bool = False


async def claim_copies(
    db: Connection | Pool,
    version: Version,
    server_ids: Collection[UUID],
    lease_owner: str,
    lease_seconds: float,
) -> list[Claim]:
    """Take those of these replicas that are due; `upload_id` is what an attempt before left."""
    if not server_ids:
        return []
    rows = await db.fetch(
        CLAIM_COPIES, version.owner_id, version.id, server_ids, lease_owner, lease_seconds
    )
    return [Claim(*row) for row in rows]


async def renew_leases(
    db: Connection | Pool, claims: Sequence[Claim], lease_seconds: float
) -> set[UUID]:
    """Keep claims of one version; the servers whose claims are still held."""
    servers = [claim.server_id for claim in claims]
    first = claims[0]
    rows = await db.fetch(
        RENEW_LEASES, first.owner_id, first.version_id, servers, first.lease_owner, lease_seconds
    )
    return {row["server_id"] for row in rows}


async def note_upload(db: Connection | Pool, claim: Claim, upload_id: str) -> bool:
    """Write a multipart upload down before its first part; False when the lease is lost."""
    return await db.fetchval(NOTE_UPLOAD, *_lease(claim), upload_id) is not None


async def finish_copy(
    db: Connection | Pool, claim: Claim, read: Proven, *, is_first: bool = False
) -> str | None:
    """COPYING → READY, or → ERASING when the version is being deleted.

    `is_first`: the version may have no hash yet, and gets that of the reading. None when the lease
    is lost or the version has another hash.
    """
    statement = FINISH_FIRST_COPY if is_first else FINISH_COPY
    more = (read.proof, read.server_id) if is_first else ()
    state: str | None = await db.fetchval(statement, *_lease(claim), read.sha256, *more)
    return state


async def fail_copy(
    db: Connection | Pool,
    claim: Claim,
    error: str,
    *,
    is_failure: bool,
    delay_seconds: float,
    keep_upload: bool = False,
) -> str | None:
    """COPYING → WANTED, due in a while, or → FAILED with a dead letter; None: the lease is lost."""
    state: str | None = await db.fetchval(
        FAIL_COPY, *_lease(claim), int(is_failure), delay_seconds, error, keep_upload
    )
    return state


def _lease(claim: Claim) -> tuple[UUID, UUID, UUID, str, int]:
    return (
        claim.owner_id,
        claim.version_id,
        claim.server_id,
        claim.lease_owner,
        claim.attempt,
    )
