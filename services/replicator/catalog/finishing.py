"""Replicas that have arrived: COPYING → READY, under the lease they were copied under."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from services.replicator.catalog.claims import UNDER_LEASE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from services.replicator.catalog.claims import Claim
    from services.replicator.copying.evidence import Proven
    from shared.db import Connection, Pool

# A dead letter that somebody has locked is being deleted or dropped: nobody waits for that.
# A copy that ends after its version began to be deleted is on its way out in the same moment. What
# was doubted while it was made can be made again from it.
FINISH: Final = """
WITH {found}, done AS (
    UPDATE storage.replicas
    SET state = CASE WHEN is_stored THEN 'READY' ELSE 'ERASING' END,
        verified_at = CASE WHEN is_stored THEN now() END,
        next_attempt_at = CASE WHEN is_stored AND NOT replicas.is_surplus THEN NULL ELSE now() END,
        lease_owner = NULL, lease_until = NULL, upload_id = NULL, last_error = NULL, failures = 0,
        updated_at = now()
    FROM {arrived}
    RETURNING replicas.owner_id, replicas.version_id, replicas.server_id, replicas.state
), letter AS (
    DELETE FROM storage.dead_letters WHERE id IN (
        SELECT dead_letters.id FROM storage.dead_letters
        JOIN done USING (owner_id, version_id, server_id)
        FOR UPDATE OF dead_letters SKIP LOCKED)
), renewed AS (
    UPDATE storage.replicas
    SET state = 'WANTED', next_attempt_at = now(), updated_at = now()
    FROM (
        SELECT doubted.owner_id, doubted.version_id, doubted.server_id
        FROM storage.replicas AS doubted JOIN done USING (owner_id, version_id)
        WHERE doubted.state = 'SUSPECT' AND done.state = 'READY'
        FOR UPDATE OF doubted SKIP LOCKED
    ) AS renewable
    WHERE replicas.owner_id = renewable.owner_id AND replicas.version_id = renewable.version_id
        AND replicas.server_id = renewable.server_id
)
SELECT owner_id, version_id, server_id, state FROM done
"""

# The lock makes it wait for a deletion under way, and a deletion wait for it.
FINISH_ONE: Final = FINISH.format(
    found="""version AS (
    SELECT state = 'STORED' AS is_stored FROM storage.versions
    WHERE owner_id = $1 AND id = $2 AND sha256 = $6 FOR SHARE
)""",
    arrived=f"version WHERE {UNDER_LEASE}",
)
# Of a version whose hash was not known: that of its first proven reading stays, and the server
# that was read is verified by it.
FINISH_FIRST: Final = FINISH.format(
    found="""version AS (
    UPDATE storage.versions SET sha256 = $6, proof = COALESCE(proof, $7)
    WHERE owner_id = $1 AND id = $2 AND (sha256 IS NULL OR sha256 = $6)
    RETURNING state = 'STORED' AS is_stored
), source AS (
    UPDATE storage.replicas SET verified_at = now() FROM version
    WHERE owner_id = $1 AND version_id = $2 AND server_id = $8 AND state = 'READY'
        AND verified_at IS NULL
)""",
    arrived=f"version WHERE {UNDER_LEASE}",
)

# Many at once wait for nobody, so that none waits in a circle: what is locked is left out.
ASKED: Final = """unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::integer[],
        $6::bytea[], $7::text[], $8::uuid[])
        AS asked (owner_id, version_id, server_id, lease_owner, attempt, sha256, proof, source_id)
    JOIN storage.versions
        ON versions.owner_id = asked.owner_id AND versions.id = asked.version_id
    JOIN storage.replicas AS copies ON copies.owner_id = asked.owner_id
        AND copies.version_id = asked.version_id AND copies.server_id = asked.server_id
        AND copies.state = 'COPYING' AND copies.lease_owner = asked.lease_owner
        AND copies.attempt = asked.attempt"""
OF_ARRIVED: Final = """arrived WHERE replicas.owner_id = arrived.owner_id
        AND replicas.version_id = arrived.version_id AND replicas.server_id = arrived.server_id"""
FINISH_MANY: Final = FINISH.format(
    found=f"""arrived AS MATERIALIZED (
    SELECT asked.owner_id, asked.version_id, asked.server_id,
        versions.state = 'STORED' AS is_stored
    FROM {ASKED}
    WHERE versions.sha256 = asked.sha256
    FOR UPDATE OF copies SKIP LOCKED FOR SHARE OF versions SKIP LOCKED
)""",
    arrived=OF_ARRIVED,
)
FINISH_MANY_FIRST: Final = FINISH.format(
    found=f"""locked AS MATERIALIZED (
    SELECT asked.*, versions.state = 'STORED' AS is_stored
    FROM {ASKED}
    JOIN storage.replicas AS sources ON sources.owner_id = asked.owner_id
        AND sources.version_id = asked.version_id AND sources.server_id = asked.source_id
        AND sources.state = 'READY'
    WHERE versions.sha256 IS NULL OR versions.sha256 = asked.sha256
    FOR UPDATE OF copies, sources SKIP LOCKED FOR NO KEY UPDATE OF versions SKIP LOCKED
), learned AS (
    UPDATE storage.versions SET sha256 = first.sha256, proof = COALESCE(versions.proof, first.proof)
    FROM (SELECT DISTINCT ON (owner_id, version_id) * FROM locked) AS first
    WHERE versions.owner_id = first.owner_id AND versions.id = first.version_id
    RETURNING first.*
), source AS (
    UPDATE storage.replicas SET verified_at = now() FROM learned
    WHERE replicas.owner_id = learned.owner_id AND replicas.version_id = learned.version_id
        AND replicas.server_id = learned.source_id AND replicas.verified_at IS NULL
), arrived AS (
    SELECT locked.* FROM locked JOIN learned USING (owner_id, version_id, sha256)
)""",
    arrived=OF_ARRIVED,
)


class Arrived(NamedTuple):
    """A copy whose bytes have proved right; `is_first`: its version may have no hash yet."""

    claim: Claim
    read: Proven
    is_first: bool = False

    @property
    def columns(self) -> tuple[object, ...]:
        """What a statement has to know of it."""
        return (*self.claim.lease, self.read.sha256, self.read.proof, self.read.server_id)


async def finish_copies(db: Connection | Pool, copies: Sequence[Arrived]) -> list[str | None]:
    """COPYING → READY, or → ERASING when the version is being deleted, of all that nobody holds.

    None is no verdict: `finish_copy` has it.
    """
    states = {
        **await _finish(db, FINISH_MANY, [copy for copy in copies if not copy.is_first]),
        **await _finish(db, FINISH_MANY_FIRST, [copy for copy in copies if copy.is_first]),
    }
    return [states.get(copy.claim.lease[:3]) for copy in copies]


async def _finish(
    db: Connection | Pool, statement: str, copies: Sequence[Arrived]
) -> dict[tuple[UUID, UUID, UUID], str]:
    if not copies:
        return {}
    rows = await db.fetch(statement, *zip(*(copy.columns for copy in copies), strict=True))
    return {(owner, version, server): state for owner, version, server, state in rows}


async def finish_copy(db: Connection | Pool, copy: Arrived) -> str | None:
    """COPYING → READY, or → ERASING when the version is being deleted.

    None when the lease is lost or the version has another hash.
    """
    if copy.is_first:
        row = await db.fetchrow(FINISH_FIRST, *copy.columns)
    else:
        row = await db.fetchrow(FINISH_ONE, *copy.columns[:6])
    return None if row is None else row["state"]
