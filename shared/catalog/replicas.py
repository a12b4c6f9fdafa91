"""Copies of a version, one a server: states and leases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.catalog.servers import COLUMNS as SERVER_COLUMNS
from shared.catalog.servers import Server

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool

COLUMNS = """replicas.version_id, replicas.server_id, replicas.state, replicas.lease_owner,
    replicas.lease_until, replicas.attempt, replicas.failures, replicas.next_attempt_at,
    replicas.last_error, replicas.upload_id, replicas.verified_at, replicas.created_at,
    replicas.updated_at"""

LIST_REPLICAS = f"SELECT {COLUMNS} FROM storage.replicas WHERE version_id = $1 ORDER BY server_id"

# The first attempt is due at once, whatever its row says to the sweep.
DUE_FOR_COPY = """(servers.is_on AND servers.is_active AND (
    replicas.state = 'WANTED' AND (replicas.attempt = 0 OR replicas.next_attempt_at <= now())
    OR replicas.state = 'COPYING' AND replicas.lease_until < now()))"""
DUE_FOR_ERASURE = """(servers.is_on AND replicas.state = 'ERASING'
    AND (replicas.next_attempt_at IS NULL OR replicas.next_attempt_at <= now()))"""

OF_SERVER = ", ".join(f"servers.{column.strip()}" for column in SERVER_COLUMNS.split(","))
LIST_HOLDINGS = f"""
SELECT replicas.state AS replica_state, {DUE_FOR_COPY} OR {DUE_FOR_ERASURE} AS is_due, {OF_SERVER}
FROM storage.replicas JOIN storage.servers ON servers.id = replicas.server_id
WHERE replicas.version_id = $1 ORDER BY servers.name
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """One version on one server."""

    version_id: UUID
    server_id: UUID
    state: str
    lease_owner: str | None
    lease_until: datetime | None
    attempt: int
    failures: int
    next_attempt_at: datetime | None
    last_error: str | None
    upload_id: str | None
    verified_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Holding:
    """What a server has of a version; `is_due`: something is to be done about it now."""

    server: Server
    state: str
    is_due: bool


async def list_replicas(db: Connection | Pool, version_id: UUID) -> list[Replica]:
    """All replicas of a version, also erased ones."""
    return [Replica(**row) for row in await db.fetch(LIST_REPLICAS, version_id)]


async def list_holdings(db: Connection | Pool, version_id: UUID) -> list[Holding]:
    """All replicas of a version with their servers, by the servers' names."""
    holdings = []
    for row in await db.fetch(LIST_HOLDINGS, version_id):
        columns = dict(row)
        state, is_due = columns.pop("replica_state"), columns.pop("is_due")
        holdings.append(Holding(Server(**columns), state, is_due))
    return holdings
