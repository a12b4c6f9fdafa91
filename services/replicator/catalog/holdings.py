"""Versions and what each server has of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from shared.catalog.placement import OPEN, TAKES
from shared.catalog.servers import OF_SERVERS, Server
from shared.catalog.versions import COLUMNS as VERSION_COLUMNS
from shared.catalog.versions import Version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from shared.db import Connection, Pool

# The first attempt is due at once, whatever its row says to the sweep.
DUE_FOR_COPY = f"""({TAKES} AND NOT replicas.is_surplus AND (
    replicas.state IN ('WANTED', 'FAILED')
        AND (replicas.attempt = 0 OR replicas.next_attempt_at <= now())
    OR replicas.state = 'COPYING' AND replicas.lease_until < now()))"""
DUE_FOR_ERASURE = f"""({OPEN} AND replicas.state = 'ERASING'
    AND (replicas.next_attempt_at IS NULL OR replicas.next_attempt_at <= now()))"""

# One row a replica, and one without for a version that has none.
FIND_HOLDINGS = f"""
SELECT {VERSION_COLUMNS}, replicas.state, {DUE_FOR_COPY} OR {DUE_FOR_ERASURE},
    replicas.is_surplus, {OF_SERVERS}
FROM unnest($1::uuid[], $2::uuid[]) AS asked (owner_id, version_id)
JOIN storage.versions
    ON versions.owner_id = asked.owner_id AND versions.id = asked.version_id
LEFT JOIN storage.replicas
    ON replicas.owner_id = versions.owner_id AND replicas.version_id = versions.id
LEFT JOIN storage.servers ON servers.id = replicas.server_id
ORDER BY servers.name
"""
VERSION_NAMES = tuple(field.name for field in fields(Version))
OWNER, ID = VERSION_NAMES.index("owner_id"), VERSION_NAMES.index("id")
SERVER_NAMES = tuple(field.name for field in fields(Server))


@dataclass(frozen=True, slots=True)
class Holding:
    """What a server has of a version; `is_due`: something is to be done about it now.

    `is_surplus`: no policy wants it there any more.
    """

    server: Server
    state: str
    is_due: bool
    is_surplus: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A version and its replicas, by the names of their servers."""

    version: Version
    holdings: list[Holding]


async def find_holdings(
    db: Connection | Pool, asked: Sequence[tuple[UUID, UUID]]
) -> list[Held | None]:
    """Versions, by their owners and ids, with all their replicas."""
    rows_of = defaultdict(list)
    for record in await db.fetch(FIND_HOLDINGS, *zip(*set(asked), strict=True)):
        row = tuple(record)
        rows_of[row[OWNER], row[ID]].append(row)
    return [_held(rows_of[version]) if version in rows_of else None for version in asked]


def _held(rows: Sequence[tuple[Any, ...]]) -> Held:
    version = Version(**dict(zip(VERSION_NAMES, rows[0], strict=False)))
    return Held(version, [_holding(row) for row in rows if row[len(VERSION_NAMES)] is not None])


def _holding(row: tuple[Any, ...]) -> Holding:
    state, is_due, is_surplus, *columns = row[len(VERSION_NAMES) :]
    server = Server(**dict(zip(SERVER_NAMES, columns, strict=True)))
    return Holding(server, state, is_due, is_surplus)
