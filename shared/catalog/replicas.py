"""Copies of a version, one a server: states and leases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool

COLUMNS = """replicas.version_id, replicas.server_id, replicas.state, replicas.lease_owner,
    replicas.lease_until, replicas.attempt, replicas.next_attempt_at, replicas.last_error,
    replicas.upload_id, replicas.verified_at, replicas.created_at, replicas.updated_at"""

LIST_REPLICAS = f"SELECT {COLUMNS} FROM storage.replicas WHERE version_id = $1 ORDER BY server_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """One version on one server."""

    version_id: UUID
    server_id: UUID
    state: str
    lease_owner: str | None
    lease_until: datetime | None
    attempt: int
    next_attempt_at: datetime | None
    last_error: str | None
    upload_id: str | None
    verified_at: datetime | None
    created_at: datetime
    updated_at: datetime


async def list_replicas(db: Connection | Pool, version_id: UUID) -> list[Replica]:
    """All replicas of a version, also erased ones."""
    return [Replica(**row) for row in await db.fetch(LIST_REPLICAS, version_id)]
