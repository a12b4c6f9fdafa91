"""Drains: moving what a server has to the others, and how far that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from shared.catalog.placement import CHOSEN, HOLDS, RULE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool

COLUMNS: Final = """drains.id, drains.server_id, drains.started_at, drains.files_total,
    drains.bytes_total, drains.stopped_at, drains.finished_at, drains.report"""

INSERT_DRAIN: Final = f"""
INSERT INTO storage.drains (server_id, started_by, files_total, bytes_total)
VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING {COLUMNS}
"""
FIND_NEWEST: Final = f"""
SELECT {COLUMNS} FROM storage.drains WHERE server_id = $1 ORDER BY id DESC LIMIT 1
"""
LIST_RUNNING: Final = f"""
SELECT {COLUMNS} FROM storage.drains WHERE stopped_at IS NULL AND finished_at IS NULL ORDER BY id
"""
STOP_DRAIN: Final = f"""
UPDATE storage.drains SET stopped_at = now()
WHERE server_id = $1 AND stopped_at IS NULL AND finished_at IS NULL RETURNING {COLUMNS}
"""
FINISH_DRAIN: Final = f"""
UPDATE storage.drains SET finished_at = now(), report = $2
WHERE id = $1 AND stopped_at IS NULL AND finished_at IS NULL RETURNING {COLUMNS}
"""
SET_DRAINING: Final = """
UPDATE storage.servers SET is_draining = $2, updated_at = now()
WHERE id = $1 AND removed_at IS NULL RETURNING id
"""
# What is still to be done: versions of this server that some other server should have and has not.
COUNT_REMAINING: Final = f"""
WITH version AS (
    SELECT versions.owner_id, versions.id, versions.file_id, versions.size,
        versions.upload_server_id,
        {RULE.format(owner="files.owner_id", file="files.id", folder="files.folder_id")} AS rule
    FROM storage.replicas
    JOIN storage.versions
        ON versions.owner_id = replicas.owner_id AND versions.id = replicas.version_id
    JOIN storage.files ON files.owner_id = versions.owner_id AND files.id = versions.file_id
    WHERE replicas.server_id = $1 AND replicas.state IN ('READY', 'SUSPECT')
        AND versions.state = 'STORED'
)
SELECT count(DISTINCT version.file_id) AS files, count(*) AS versions,
    COALESCE(sum(version.size), 0)::bigint AS bytes
FROM version CROSS JOIN LATERAL (
    SELECT count(*) AS wanted, count(*) FILTER (WHERE EXISTS (
        SELECT FROM storage.replicas AS others
        WHERE others.owner_id = version.owner_id AND others.version_id = version.id
            AND others.server_id = chosen.id AND others.state = 'READY')) AS ready
    FROM ({CHOSEN.format(version="version", holds=f"{HOLDS} AND servers.id <> $1")}) AS chosen
) AS copies
WHERE copies.ready < GREATEST(1, copies.wanted)
"""
SUM_UP: Final = """
SELECT count(DISTINCT versions.file_id) AS files, count(*) AS versions,
    COALESCE(sum(versions.size), 0)::bigint AS bytes,
    min(others.verified_at) AS oldest_verification, max(others.verified_at) AS newest_verification
FROM storage.replicas
JOIN storage.versions ON versions.owner_id = replicas.owner_id AND versions.id = replicas.version_id
CROSS JOIN LATERAL (
    SELECT max(verified_at) AS verified_at FROM storage.replicas AS copies
    WHERE copies.owner_id = replicas.owner_id AND copies.version_id = replicas.version_id
        AND copies.server_id <> $1 AND copies.state = 'READY'
) AS others
WHERE replicas.server_id = $1 AND replicas.state IN ('READY', 'SUSPECT')
    AND versions.state = 'STORED'
"""
# Bytes a second that copies to the other servers brought in the last minute.
RATE: Final = """
SELECT COALESCE(sum(versions.size), 0)::float8 / 60 AS bytes_per_second
FROM storage.replicas
JOIN storage.versions ON versions.owner_id = replicas.owner_id AND versions.id = replicas.version_id
WHERE replicas.server_id <> $1 AND replicas.state = 'READY'
    AND replicas.verified_at > now() - interval '1 minute'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drain:
    """One attempt to empty a server."""

    id: UUID
    server_id: UUID
    started_at: datetime
    files_total: int
    bytes_total: int
    stopped_at: datetime | None
    finished_at: datetime | None
    report: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is still to be copied elsewhere."""

    files: int
    versions: int
    bytes: int


async def insert_drain(
    db: Connection | Pool, server_id: UUID, started_by: UUID | None, total: Remaining
) -> Drain | None:
    """Begin a drain; None when one runs already."""
    row = await db.fetchrow(INSERT_DRAIN, server_id, started_by, total.files, total.bytes)
    return None if row is None else Drain(**row)


async def find_drain(db: Connection | Pool, server_id: UUID) -> Drain | None:
    """The newest drain of a server."""
    row = await db.fetchrow(FIND_NEWEST, server_id)
    return None if row is None else Drain(**row)


async def list_running(db: Connection | Pool) -> list[Drain]:
    """Drains that are neither finished nor stopped."""
    return [Drain(**row) for row in await db.fetch(LIST_RUNNING)]


async def stop_drain(db: Connection | Pool, server_id: UUID) -> Drain | None:
    """Stop the drain of a server; None when none runs."""
    row = await db.fetchrow(STOP_DRAIN, server_id)
    return None if row is None else Drain(**row)


async def finish_drain(
    db: Connection | Pool, drain_id: UUID, report: Mapping[str, Any]
) -> Drain | None:
    """End a drain with its report; None when it has ended already."""
    row = await db.fetchrow(FINISH_DRAIN, drain_id, dict(report))
    return None if row is None else Drain(**row)


async def set_draining(db: Connection | Pool, server_id: UUID, *, is_draining: bool) -> bool:
    """Let a server take nothing new, or let it again; False when there is none."""
    return await db.fetchval(SET_DRAINING, server_id, is_draining) is not None


async def count_remaining(db: Connection | Pool, server_id: UUID) -> Remaining:
    """What is not on every other server yet that should have it."""
    row: Any = await db.fetchrow(COUNT_REMAINING, server_id)
    return Remaining(**row)


async def copy_rate(db: Connection | Pool, server_id: UUID) -> float:
    """Bytes a second that arrive at the other servers."""
    rate: float = await db.fetchval(RATE, server_id)
    return rate


async def sum_up(db: Connection | Pool, server_id: UUID) -> Mapping[str, Any]:
    """What a server has, and when it was verified elsewhere."""
    row: Any = await db.fetchrow(SUM_UP, server_id)
    return dict(row)
