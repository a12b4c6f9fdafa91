"""What a server has that the others, which should have it, do not have yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from shared.catalog.file_pages import FILES, HELD_OF_PAGE, LAST_OF_PAGE, Tally, fetch_pages
from shared.catalog.placement import CHOSEN, HOLDS, RULE

if TYPE_CHECKING:
    from uuid import UUID

    from shared.db import Connection, Pool

COUNT_REMAINING: Final = f"""
WITH {HELD_OF_PAGE}, version AS MATERIALIZED (
    SELECT held.*,
        {RULE.format(owner="held.owner_id", file="held.file_id", folder="held.folder_id")} AS rule
    FROM held
), behind AS (
    SELECT version.owner_id, version.file_id, version.size FROM version CROSS JOIN LATERAL (
        SELECT count(*) AS wanted,
            count(*) FILTER (WHERE chosen.id = ANY(version.elsewhere)) AS ready
        FROM ({CHOSEN.format(version="version", holds=f"{HOLDS} AND servers.id <> $5")}) AS chosen
    ) AS copies
    WHERE copies.ready < GREATEST(1, copies.wanted)
)
SELECT {LAST_OF_PAGE}, {FILES}, count(*) AS versions, COALESCE(sum(size), 0)::bigint AS bytes
FROM behind
"""


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is still to be copied elsewhere."""

    files: int = 0
    versions: int = 0
    bytes: int = 0


async def count_remaining(db: Connection | Pool, server_id: UUID) -> Remaining:
    """What is not on every other server yet that should have it."""
    left, tally = Remaining(), Tally()
    async for page in fetch_pages(db, COUNT_REMAINING, server_id):
        left = Remaining(
            tally.add(page),
            left.versions + page["versions"],
            left.bytes + page["bytes"],
        )
    return left
