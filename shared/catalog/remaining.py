"""What a server has that the others, which should have it, do not have yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from shared.catalog.file_pages import LAST_OF_PAGE, PAGE_OF_FILES, fetch_pages
from shared.catalog.placement import CHOSEN, HOLDS, RULE

if TYPE_CHECKING:
    from uuid import UUID

    from shared.db import Connection, Pool

COUNT_REMAINING: Final = f"""
WITH {PAGE_OF_FILES}, version AS MATERIALIZED (
    SELECT versions.owner_id, versions.id, versions.file_id, versions.size,
        versions.upload_server_id,
        {RULE.format(owner="page.owner_id", file="page.id", folder="page.folder_id")} AS rule
    FROM page JOIN storage.versions
        ON versions.owner_id = page.owner_id AND versions.file_id = page.id
    JOIN storage.replicas
        ON replicas.owner_id = versions.owner_id AND replicas.version_id = versions.id
    WHERE replicas.server_id = $4 AND replicas.state IN ('READY', 'SUSPECT')
        AND versions.state = 'STORED'
), behind AS (
    SELECT version.file_id, version.size FROM version CROSS JOIN LATERAL (
        SELECT count(*) AS wanted, count(*) FILTER (WHERE EXISTS (
            SELECT FROM storage.replicas AS others
            WHERE others.owner_id = version.owner_id AND others.version_id = version.id
                AND others.server_id = chosen.id AND others.state = 'READY')) AS ready
        FROM ({CHOSEN.format(version="version", holds=f"{HOLDS} AND servers.id <> $4")}) AS chosen
    ) AS copies
    WHERE copies.ready < GREATEST(1, copies.wanted)
)
SELECT {LAST_OF_PAGE}, count(DISTINCT file_id) AS files, count(*) AS versions,
    COALESCE(sum(size), 0)::bigint AS bytes
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
    left = Remaining()
    async for page in fetch_pages(db, COUNT_REMAINING, server_id):
        left = Remaining(
            left.files + page["files"],
            left.versions + page["versions"],
            left.bytes + page["bytes"],
        )
    return left
