"""A replica on its way: WANTED → COPYING under a lease, or back to WANTED, or FAILED.

Every change names the lease it was made under, so whoever has lost it changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.replicator.catalog.holdings import DUE_FOR_COPY

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from shared.catalog.versions import Version
    from shared.db import Connection, Pool

MOST_FAILURES = 8
# A dead letter waits for somebody who looks at it, and is tried again all the same: whatever was
# wrong may have been put right, and no copy is given up for ever.
REST = "interval '6 hours'"

UNDER_LEASE = """replicas.owner_id = $1 AND replicas.version_id = $2 AND replicas.server_id = $3
    AND replicas.state = 'COPYING' AND replicas.lease_owner = $4 AND replicas.attempt = $5"""

# Who has lost a race for a row leaves it to the winner: nobody waits for a claim.
CLAIM_COPIES = f"""
WITH due AS MATERIALIZED (
    SELECT replicas.owner_id, replicas.version_id, replicas.server_id, asked.lease_owner
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[])
        AS asked (owner_id, version_id, server_id, lease_owner)
    JOIN storage.replicas ON replicas.owner_id = asked.owner_id
        AND replicas.version_id = asked.version_id AND replicas.server_id = asked.server_id
    JOIN storage.versions ON versions.owner_id = replicas.owner_id
        AND versions.id = replicas.version_id AND versions.state = 'STORED'
    JOIN storage.servers ON servers.id = replicas.server_id AND {DUE_FOR_COPY}
    FOR UPDATE OF replicas SKIP LOCKED
)
UPDATE storage.replicas
SET state = 'COPYING', lease_owner = due.lease_owner,
    lease_until = now() + make_interval(secs => $5), attempt = replicas.attempt + 1,
    next_attempt_at = NULL, updated_at = now()
FROM due
WHERE replicas.owner_id = due.owner_id AND replicas.version_id = due.version_id
    AND replicas.server_id = due.server_id
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
class Asked:
    """Somebody, with a name that nobody else has, wants to copy a version to some servers."""

    version: Version
    server_ids: Collection[UUID]
    lease_owner: str


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

    @property
    def lease(self) -> tuple[UUID, UUID, UUID, str, int]:
        """What a change of the row has to name."""
        return (self.owner_id, self.version_id, self.server_id, self.lease_owner, self.attempt)


async def claim_copies(
    db: Connection | Pool, asked: Sequence[Asked], lease_seconds: float
) -> list[list[Claim]]:
    """Take those of these replicas that are due; `upload_id` is what an attempt before left."""
    rows = [
        (one.version.owner_id, one.version.id, server_id, one.lease_owner)
        for one in asked
        for server_id in one.server_ids
    ]
    claims: dict[str, list[Claim]] = {one.lease_owner: [] for one in asked}
    found = await db.fetch(CLAIM_COPIES, *zip(*rows, strict=True), lease_seconds) if rows else ()
    for row in found:
        claims[row["lease_owner"]].append(Claim(*row))
    return [claims[one.lease_owner] for one in asked]


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
    return await db.fetchval(NOTE_UPLOAD, *claim.lease, upload_id) is not None


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
        FAIL_COPY, *claim.lease, int(is_failure), delay_seconds, error, keep_upload
    )
    return state
