"""Versions of a file, and how an upload becomes one that is STORED."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.catalog.placement import CHOSEN, FORBIDS, HOLDS, RULE
from shared.catalog.version_states import BECOMES_STORED, MAY_BECOME_STORED
from shared.events import FileStored, encode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool

COLUMNS = """versions.id, versions.file_id, versions.owner_id, versions.number, versions.key,
    versions.size, versions.content_type, versions.declared_sha256, versions.sha256, versions.etag,
    versions.proof, versions.state, versions.created_by, versions.created_at, versions.stored_at,
    versions.upload_server_id, versions.upload_key, versions.upload_expires_at, versions.part_size,
    versions.multipart_id"""

FIND_VERSION = f"SELECT {COLUMNS} FROM storage.versions WHERE owner_id = $1 AND id = $2"
LIST_PENDING = f"""
SELECT {COLUMNS} FROM storage.versions
WHERE upload_key = ANY($1::text[]) AND upload_server_id = $2 AND state = 'PENDING'
"""

# The lease keeps two finders of one upload from doing the work twice; a fresh key each time
# keeps one whose lease ran out from ever touching the object of the other.
CLAIM_SETTLING = f"""
WITH before AS (
    SELECT owner_id, id, key, settle_until FROM storage.versions
    WHERE owner_id = $1 AND id = $2 AND state = 'PENDING'
        AND (settle_until IS NULL OR settle_until <= now())
    FOR UPDATE
)
UPDATE storage.versions
SET settle_until = now() + make_interval(secs => $3), key = COALESCE($4, versions.key)
FROM before WHERE versions.owner_id = before.owner_id AND versions.id = before.id
RETURNING {COLUMNS}, CASE WHEN before.settle_until IS NOT NULL THEN before.key END AS abandoned_key
"""
# Once it ran out it is lost: whoever came meanwhile may have asked for the object to be erased.
RENEW_SETTLING = """
UPDATE storage.versions SET settle_until = now() + make_interval(secs => $4)
WHERE owner_id = $1 AND id = $2 AND key = $3 AND state = 'PENDING'
    AND settle_until > clock_timestamp()
RETURNING id
"""
RELEASE_SETTLING = """
UPDATE storage.versions SET settle_until = now(), key = COALESCE($4, key)
WHERE owner_id = $1 AND id = $2 AND key = $3 AND state = 'PENDING'
"""

# All of it changes or nothing. The file is locked before its version, as by deletions,
# so that none waits in a circle; the server, so that no removal at this moment misses the version.
MARK_STORED = f"""
WITH file AS (
    SELECT id, folder_id FROM storage.files WHERE owner_id = $1 AND id = $2 FOR UPDATE
), arrived AS (
    SELECT servers.id FROM file JOIN storage.versions
        ON versions.owner_id = $1 AND versions.id = $3 AND versions.file_id = file.id
    JOIN storage.servers ON servers.id = versions.upload_server_id AND servers.removed_at IS NULL
    FOR SHARE OF servers
), stored AS (
    UPDATE storage.versions
    SET {BECOMES_STORED}, sha256 = $6, etag = $7,
        proof = CASE WHEN $6::bytea IS NOT NULL THEN 'sha256' END,
        upload_key = CASE WHEN part_size IS NULL THEN upload_key END,
        next_check_at = CASE WHEN part_size IS NULL THEN upload_expires_at + interval '1 minute' END
    FROM file, arrived
    WHERE versions.owner_id = $1 AND versions.id = $3 AND versions.file_id = file.id
        AND versions.upload_server_id = arrived.id AND versions.key = $4 AND {MAY_BECOME_STORED}
    RETURNING versions.owner_id, versions.id, versions.file_id, versions.number, versions.size,
        upload_server_id, {RULE.format(owner="$1", file="file.id", folder="file.folder_id")} AS rule
), chosen AS (
    SELECT chosen.id FROM stored
    CROSS JOIN LATERAL ({CHOSEN.format(version="stored", holds=HOLDS)}) AS chosen
), copies AS (
    INSERT INTO storage.replicas
        (owner_id, version_id, server_id, state, verified_at, next_attempt_at, is_surplus)
    SELECT stored.owner_id, stored.id, servers.id, here.state, here.verified_at,
        here.next_attempt_at, here.is_surplus
    FROM stored CROSS JOIN storage.servers
    LEFT JOIN chosen ON chosen.id = servers.id, LATERAL (
        SELECT is_surplus, CASE WHEN is_source THEN 'READY' ELSE 'WANTED' END AS state,
            CASE WHEN is_source AND $6::bytea IS NOT NULL THEN now() END AS verified_at,
            CASE WHEN is_surplus OR NOT is_source THEN now() + interval '5 seconds' END
                AS next_attempt_at
        FROM (SELECT servers.id = stored.upload_server_id AS is_source, chosen.id IS NULL
            AND ({HOLDS} OR {FORBIDS.format(version="stored")}) AS is_surplus) AS place
    ) AS here
    WHERE chosen.id IS NOT NULL OR servers.id = stored.upload_server_id
), current AS (
    UPDATE storage.files
    SET current_version_id = stored.id, current_number = stored.number, size = stored.size,
        updated_at = now(), revision = revision + 1
    FROM stored
    WHERE files.owner_id = stored.owner_id AND files.id = stored.file_id
        AND files.current_number < stored.number
)
INSERT INTO storage.outbox (event) SELECT $5::jsonb FROM stored RETURNING id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One immutable body of a file; `size` in bytes."""

    id: UUID
    file_id: UUID
    owner_id: UUID
    number: int
    key: str
    size: int
    content_type: str
    declared_sha256: bytes | None
    sha256: bytes | None
    etag: str | None
    proof: str | None
    state: str
    created_by: UUID | None
    created_at: datetime
    stored_at: datetime | None
    upload_server_id: UUID
    upload_key: str | None
    upload_expires_at: datetime
    part_size: int | None = None
    multipart_id: str | None = None


async def find_version(db: Connection | Pool, owner_id: UUID, version_id: UUID) -> Version | None:
    """One version, in whatever state."""
    row = await db.fetchrow(FIND_VERSION, owner_id, version_id)
    return None if row is None else Version(**row)


async def list_pending(
    db: Connection | Pool, upload_keys: Sequence[str], server_id: UUID
) -> list[Version]:
    """The uploads that clients were given these keys of this server for, and nobody settled."""
    return [Version(**row) for row in await db.fetch(LIST_PENDING, upload_keys, server_id)]


async def claim_settling(
    db: Connection | Pool, version: Version, seconds: float, key: str | None
) -> tuple[Version, str | None] | None:
    """Take the settling lease of a PENDING version; None when it is taken or no longer PENDING.

    With the version comes the key that a holder who never came back was writing to.
    """
    row = await db.fetchrow(CLAIM_SETTLING, version.owner_id, version.id, seconds, key)
    if row is None:
        return None
    fields = dict(row)
    abandoned_key = fields.pop("abandoned_key")
    return Version(**fields), abandoned_key


async def renew_settling(db: Connection | Pool, version: Version, seconds: float) -> bool:
    """Keep the lease for so long from now; False when it ran out or was taken."""
    return await db.fetchval(RENEW_SETTLING, *_lease(version), seconds) is not None


async def release_settling(
    db: Connection | Pool, version: Version, abandoned_key: str | None
) -> None:
    """Give the lease back; the next holder learns the key, and removes what it may hold.

    With `abandoned_key` it learns that one instead: it is not erased yet, and nothing was written
    to the key of the version.
    """
    await db.execute(RELEASE_SETTLING, *_lease(version), abandoned_key)


async def mark_stored(
    db: Connection | Pool, version: Version, sha256: bytes | None, etag: str | None = None
) -> bool:
    """PENDING → STORED with its replicas and its event; False when the lease is lost.

    `sha256` if the client announced it and the object was read; `etag` as seen now.
    """
    event = FileStored(file_id=version.file_id, version_id=version.id, owner_id=version.owner_id)
    row = await db.fetchval(
        MARK_STORED,
        version.owner_id,
        version.file_id,
        version.id,
        version.key,
        encode(event),
        sha256,
        etag,
    )
    return row is not None


def _lease(version: Version) -> tuple[UUID, UUID, str]:
    return version.owner_id, version.id, version.key
