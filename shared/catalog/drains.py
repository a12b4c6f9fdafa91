"""Drains: moving what a server has to the others, and how far that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from shared.catalog.figures import OF_LAST_MINUTE
from shared.errors import SERVER_NOT_FOUND, MeridianError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from shared.catalog.remaining import Remaining
    from shared.db import Connection, Pool

COLUMNS: Final = """drains.id, drains.server_id, drains.started_at, drains.files_total,
    drains.bytes_total, drains.files_left, drains.bytes_left, drains.stopped_at, drains.finished_at,
    drains.report"""

# Two servers that leave at once would each count on the other, so they take turns.
LOCK_DEPARTURES: Final = "SELECT pg_advisory_xact_lock(hashtext('storage.departures'))"
INSERT_DRAIN: Final = f"""
INSERT INTO storage.drains (server_id, started_by, files_total, bytes_total,
    files_left, bytes_left)
VALUES ($1, $2, $3, $4, $3, $4) ON CONFLICT DO NOTHING RETURNING {COLUMNS}
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
NOTE_LEFT: Final = """
UPDATE storage.drains SET files_left = $2, bytes_left = $3
WHERE id = $1 AND stopped_at IS NULL AND finished_at IS NULL
"""
FINISH_DRAIN: Final = f"""
UPDATE storage.drains SET finished_at = now(), files_left = 0, bytes_left = 0, report = $2
WHERE id = $1 AND stopped_at IS NULL AND finished_at IS NULL RETURNING {COLUMNS}
"""
SET_DRAINING: Final = """
UPDATE storage.servers SET is_draining = $2, updated_at = now()
WHERE id = $1 AND removed_at IS NULL RETURNING id
"""
# Bytes a second that copies to the other servers brought in the last minute.
RATE: Final = f"""
SELECT COALESCE(sum(versions.size), 0)::float8 / 60 AS bytes_per_second
FROM storage.replicas
JOIN storage.versions ON versions.owner_id = replicas.owner_id AND versions.id = replicas.version_id
WHERE replicas.server_id <> $1 AND {OF_LAST_MINUTE}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drain:
    """One attempt to empty a server."""

    id: UUID
    server_id: UUID
    started_at: datetime
    files_total: int
    bytes_total: int
    files_left: int
    bytes_left: int
    stopped_at: datetime | None
    finished_at: datetime | None
    report: Mapping[str, Any] | None

    @property
    def state(self) -> str:
        """Whether it goes on."""
        if self.finished_at is not None:
            return "done"
        return "running" if self.stopped_at is None else "stopped"


async def lock_departures(db: Connection) -> None:
    """Let no other server begin to leave, by a drain or a removal, until the transaction ends."""
    await db.execute(LOCK_DEPARTURES)


async def insert_drain(
    db: Connection | Pool, server_id: UUID, started_by: UUID | None, total: Remaining
) -> Drain | None:
    """Begin a drain; None when one runs already. `started_by` None: from the command line."""
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


async def note_left(db: Connection | Pool, drain_id: UUID, left: Remaining) -> None:
    """Write down how far a drain is."""
    await db.execute(NOTE_LEFT, drain_id, left.files, left.bytes)


async def finish_drain(
    db: Connection | Pool, drain_id: UUID, report: Mapping[str, Any]
) -> Drain | None:
    """End a drain with its report; None when it has ended already."""
    row = await db.fetchrow(FINISH_DRAIN, drain_id, dict(report))
    return None if row is None else Drain(**row)


async def set_draining(db: Connection | Pool, server_id: UUID, *, is_draining: bool) -> None:
    """Let a server take nothing new, or let it again; SERVER_NOT_FOUND."""
    if await db.fetchval(SET_DRAINING, server_id, is_draining) is None:
        raise MeridianError(SERVER_NOT_FOUND)


async def copy_rate(db: Connection | Pool, server_id: UUID) -> float:
    """Bytes a second that arrive at the other servers."""
    rate: float = await db.fetchval(RATE, server_id)
    return rate
