"""What the servers should hold, compared with what is written down: gaps become wanted copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from shared.catalog.placement import HOLDS

if TYPE_CHECKING:
    from shared.db import Connection, Pool

BEFORE_ALL: Final = (UUID(int=0), UUID(int=0))

LIST_HOLDING: Final = f"""
SELECT COALESCE(array_agg(id ORDER BY id), '{{}}'), extract(epoch FROM now())::float8
FROM storage.servers WHERE {HOLDS}
"""
# The lock makes it wait for a deletion under way, and a deletion wait for it. What was erased is
# only wanted again when whoever may still be erasing has given up.
WANT_PAGE: Final = f"""
WITH page AS (
    SELECT owner_id, id FROM storage.versions
    WHERE (owner_id, id) > ($1, $2) AND state = 'STORED'
    ORDER BY owner_id, id LIMIT $3 FOR SHARE
), wanted AS (
    INSERT INTO storage.replicas
        (owner_id, version_id, server_id, state, next_attempt_at, is_bulk)
    SELECT page.owner_id, page.id, servers.id, 'WANTED', now(), true
    FROM page CROSS JOIN storage.servers
    WHERE {HOLDS} AND NOT EXISTS (
        SELECT FROM storage.replicas
        WHERE replicas.owner_id = page.owner_id AND replicas.version_id = page.id
            AND replicas.server_id = servers.id AND NOT (
                replicas.state = 'GONE' AND replicas.updated_at < now() - interval '10 minutes'))
    ON CONFLICT (owner_id, version_id, server_id) DO UPDATE
    SET state = 'WANTED', attempt = 0, failures = 0, last_error = NULL, next_attempt_at = now(),
        is_bulk = true, updated_at = now()
    WHERE replicas.state = 'GONE'
    RETURNING server_id
), last AS (
    SELECT owner_id, id FROM page ORDER BY owner_id DESC, id DESC LIMIT 1
)
SELECT (SELECT owner_id FROM last), (SELECT id FROM last),
    (SELECT count(*) FROM page), (SELECT count(*) FROM wanted)
"""


@dataclass(frozen=True, slots=True)
class Page:
    """Some versions that were compared; `last` is None when there were none."""

    last: tuple[UUID, UUID] | None
    seen: int
    added: int


async def list_holding(db: Connection | Pool) -> tuple[list[UUID], float]:
    """The servers that should hold every version, and the time of the database in seconds."""
    row = await db.fetchrow(LIST_HOLDING)
    assert row is not None
    return row[0], row[1]


async def want_page(db: Connection | Pool, after: tuple[UUID, UUID], limit: int) -> Page:
    """Compare the next versions with what is wanted, and want what is missing."""
    row = await db.fetchrow(WANT_PAGE, *after, limit)
    assert row is not None
    owner_id, version_id, seen, added = row
    return Page(None if owner_id is None else (owner_id, version_id), seen, added)
