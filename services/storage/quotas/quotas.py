"""Quotas and usage; what is used is counted by the database, see sql/storage/0016_quotas.sql."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from services.storage.files.paths import HIDDEN

if TYPE_CHECKING:
    from shared.db import Connection, Pool

# The quota of all who have none of their own.
DEFAULT: Final = UUID(int=0)

FIND_QUOTA: Final = """
SELECT max_files, max_bytes, owner_id <> $2 AS is_own FROM storage.quotas
WHERE owner_id IN ($1, $2) ORDER BY owner_id DESC LIMIT 1
"""
FIND_USAGE: Final = f"""
WITH RECURSIVE {HIDDEN}, counted AS (
    SELECT sum(versions.size) FILTER (WHERE is_trashed) AS trashed_bytes,
        count(*) FILTER (
            WHERE is_trashed AND versions.id = files.current_version_id
        ) AS trashed_files,
        sum(versions.size) FILTER (
            WHERE NOT is_trashed AND versions.id <> files.current_version_id
        ) AS old_versions_bytes
    FROM storage.versions
    JOIN storage.files ON files.owner_id = versions.owner_id AND files.id = versions.file_id
    CROSS JOIN LATERAL (
        SELECT files.trashed_at IS NOT NULL
            OR (files.folder_id IN (SELECT id FROM hidden)) IS TRUE AS is_trashed
    ) AS place
    WHERE versions.owner_id = $1 AND versions.state = 'STORED'
)
SELECT COALESCE(usage.files, 0) AS files, COALESCE(usage.bytes, 0) AS bytes,
    COALESCE(usage.reserved_bytes, 0) AS reserved_bytes,
    counted.trashed_files, COALESCE(counted.trashed_bytes, 0)::bigint AS trashed_bytes,
    COALESCE(counted.old_versions_bytes, 0)::bigint AS old_versions_bytes
FROM counted LEFT JOIN storage.usage ON usage.owner_id = $1
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much somebody may store; None: as much as they like."""

    max_files: int | None
    max_bytes: int | None


@dataclass(frozen=True, slots=True)
class Quota:
    """The limits of somebody, which are their own or those of all."""

    limits: Limits
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """How much somebody stores; `bytes` holds the trash and old versions, too."""

    files: int
    bytes: int
    reserved_bytes: int
    trashed_files: int
    trashed_bytes: int
    old_versions_bytes: int


async def find_quota(db: Connection | Pool, owner_id: UUID) -> Quota:
    """How much a person may store."""
    row = await db.fetchrow(FIND_QUOTA, owner_id, DEFAULT)
    assert row is not None
    return Quota(Limits(row["max_files"], row["max_bytes"]), row["is_own"])


async def find_usage(db: Connection | Pool, owner_id: UUID) -> Usage:
    """How much a person stores."""
    row = await db.fetchrow(FIND_USAGE, owner_id)
    assert row is not None
    return Usage(**row)
