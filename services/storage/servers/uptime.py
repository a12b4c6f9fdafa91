"""How much of the time a server answered, and when it did not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from shared.db import Connection, Pool

DAY_SECONDS: Final = 86_400
DAY_SLICES: Final = 96
MONTH_DAYS: Final = 30
MONTH_SLICES: Final = 120
WORST_FIRST: Final = "ARRAY['offline', 'full', 'slow', 'off', 'draining', 'inactive', 'online']"

# $1 server, $2 seconds to look back, $3 in how many slices; the worst state is the one of a slice.
COUNT_UP: Final = f"""
WITH known AS (
    SELECT CASE WHEN state IN ('online', 'slow') AND NOT takes_writes THEN 'full' ELSE state END
            AS state,
        GREATEST(extract(epoch FROM at - now())::float8 + $2::float8, 0) AS since,
        COALESCE(extract(epoch FROM lead(at) OVER (ORDER BY id) - now())::float8, 0)
            + $2::float8 AS until
    FROM storage.health_changes
    WHERE server_id = $1 AND id >= COALESCE(
        (SELECT id FROM storage.health_changes
        WHERE server_id = $1 AND id <= storage.first_id(now() - make_interval(secs => $2::float8))
        ORDER BY id DESC LIMIT 1), '00000000-0000-0000-0000-000000000000')
), lasted AS (
    SELECT state, sum(until - since) AS seconds FROM known WHERE until > since GROUP BY state
), slices AS (
    SELECT number, min(array_position({WORST_FIRST}, state)) AS rank
    FROM known, generate_series(floor(since * $3::int / $2::float8)::int,
        LEAST(ceil(until * $3::int / $2::float8)::int, $3::int) - 1) AS number
    WHERE until > since GROUP BY number
)
SELECT
    (SELECT COALESCE(sum(seconds) FILTER (WHERE state NOT IN ('offline', 'off')), 0)
        / sum(seconds) FILTER (WHERE state <> 'off') FROM lasted) AS uptime,
    (SELECT COALESCE(jsonb_object_agg(state, seconds), '{{}}') FROM lasted) AS seconds,
    ARRAY(SELECT ({WORST_FIRST})[rank]
        FROM generate_series(0, $3::int - 1) AS number LEFT JOIN slices USING (number)
        ORDER BY number) AS slices
"""


@dataclass(frozen=True, slots=True)
class Span:
    """So many seconds until now, looked at in so many slices."""

    seconds: int
    slices: int


DAY: Final = Span(DAY_SECONDS, DAY_SLICES)
MONTH: Final = Span(MONTH_DAYS * DAY_SECONDS, MONTH_SLICES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uptime:
    """Of the time in which a server was on, the part in which it answered; None: it was not on.

    Seconds by state, and the worst state of each slice, the oldest first; None: nothing is known.
    """

    span: Span
    uptime: float | None
    seconds: Mapping[str, float]
    slices: list[str | None]


async def count_up(db: Connection | Pool, server_id: UUID, span: Span) -> Uptime:
    """How a server did in a span that ends now."""
    row = await db.fetchrow(COUNT_UP, server_id, span.seconds, span.slices)
    assert row is not None
    return Uptime(span=span, **row)
