"""How far behind every server is, counted from the rows themselves."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from shared.catalog.jobs import PLACEMENT_JOB
from shared.catalog.servers import OF_SERVERS, Server

if TYPE_CHECKING:
    from shared.db import Connection, Pool

# Copies that became READY lately. The index begins with is_bulk, so both of its values are named.
OF_LAST_MINUTE: Final = """
replicas.state = 'READY' AND replicas.is_bulk IN (false, true)
AND replicas.updated_at > now() - interval '1 minute'
"""
# One statement, so that the figures of all servers are those of one moment. Of what is copied for
# a new server, the way from the upload says nothing.
COUNT_FIGURES: Final = f"""
WITH behind AS (
    SELECT replicas.server_id, count(*) AS backlog, sum(versions.size) AS bytes,
        count(replicas.last_error) AS errors,
        extract(epoch FROM now() - min(versions.stored_at) FILTER (WHERE NOT replicas.is_bulk))
            AS oldest
    FROM storage.replicas JOIN storage.versions
        ON versions.owner_id = replicas.owner_id AND versions.id = replicas.version_id
    WHERE replicas.state IN ('WANTED', 'COPYING', 'FAILED', 'SUSPECT')
        AND versions.state = 'STORED' AND NOT replicas.is_surplus
    GROUP BY replicas.server_id
), arrived AS (
    SELECT replicas.server_id,
        percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (
            ORDER BY extract(epoch FROM replicas.updated_at - versions.stored_at)
        ) AS lag
    FROM storage.replicas JOIN storage.versions
        ON versions.owner_id = replicas.owner_id AND versions.id = replicas.version_id
    WHERE replicas.state = 'READY' AND replicas.is_bulk = false
        AND replicas.updated_at > now() - interval '1 hour'
        AND replicas.server_id <> versions.upload_server_id
    GROUP BY replicas.server_id
), arriving AS (
    SELECT replicas.server_id, count(*) / 60.0 AS per_second,
        sum(versions.size) / 60.0 AS bytes_per_second
    FROM storage.replicas JOIN storage.versions
        ON versions.owner_id = replicas.owner_id AND versions.id = replicas.version_id
    WHERE {OF_LAST_MINUTE} AND replicas.server_id <> versions.upload_server_id
    GROUP BY replicas.server_id
), planning AS (
    SELECT FROM storage.jobs WHERE name = '{PLACEMENT_JOB}' AND asked_at IS NOT NULL
), dead AS (
    SELECT server_id, count(*) AS letters FROM storage.dead_letters
    WHERE dropped_at IS NULL GROUP BY server_id
)
SELECT COALESCE(behind.backlog, 0) AS backlog,
    COALESCE(behind.bytes, 0)::bigint AS bytes, arrived.lag[1] AS p50, arrived.lag[2] AS p95,
    behind.oldest::float8 AS oldest, COALESCE(arriving.per_second, 0)::float8 AS per_second,
    COALESCE(arriving.bytes_per_second, 0)::float8 AS bytes_per_second,
    COALESCE(behind.errors, 0) AS errors, COALESCE(dead.letters, 0) AS dead_letters,
    EXISTS (TABLE planning) AS is_counting, {OF_SERVERS}
FROM storage.servers
LEFT JOIN behind ON behind.server_id = servers.id
LEFT JOIN arrived ON arrived.server_id = servers.id
LEFT JOIN arriving ON arriving.server_id = servers.id
LEFT JOIN dead ON dead.server_id = servers.id
WHERE servers.removed_at IS NULL ORDER BY servers.name
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one server: `backlog` copies of `bytes` are to come.

    While it `is_counting`, what is missing here is still being found out, and more will come.
    Seconds from stored in the first city to verified here: half and 95 % of what arrived in the
    last hour took at most `p50` and `p95`; `oldest` has been waiting that long. `errors` are copies
    of the backlog whose last attempt failed; the rates are those of the last minute.
    """

    server: Server
    backlog: int
    bytes: int
    p50: float | None
    p95: float | None
    oldest: float | None
    per_second: float
    bytes_per_second: float
    errors: int
    dead_letters: int
    is_counting: bool


COUNTED: Final = tuple(field.name for field in fields(Figures) if field.name != "server")


async def count_figures(db: Connection | Pool) -> list[Figures]:
    """The figures of all servers that are there, by name."""
    return [_read(dict(row)) for row in await db.fetch(COUNT_FIGURES)]


def _read(row: dict[str, Any]) -> Figures:
    counted = {name: row.pop(name) for name in COUNTED}
    return Figures(server=Server(**row), **counted)
