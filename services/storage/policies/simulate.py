"""What a policy would move, counted before it is set."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from services.storage.policies.policies import NOBODY
from shared.catalog.file_pages import (
    AFTER_LAST,
    FILES,
    LAST_OF_PAGE,
    PAGE,
    PAGE_OF_VERSIONS,
    Tally,
    last_of,
)
from shared.catalog.placement import CHOSEN, FORBIDS, HOLDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from asyncpg import Record

    from services.storage.policies.policies import Target
    from shared.catalog.file_pages import Place
    from shared.catalog.policy import Policy
    from shared.db import Pool

# $5 the rule. The file of each version is found by its key: see HELD_OF_PAGE.
COUNT_PAGE: Final = f"""
WITH {PAGE_OF_VERSIONS}, version AS MATERIALIZED (
    SELECT page.owner_id, page.id, page.file_id, page.size, page.upload_server_id,
        $5::jsonb AS rule
    FROM page CROSS JOIN LATERAL (
        SELECT files.folder_id FROM storage.files
        WHERE files.owner_id = page.owner_id AND files.id = page.file_id
            AND files.deleted_at IS NULL
        LIMIT 1
    ) AS file
    WHERE page.state = 'STORED' AND {{mine}}
), placed AS MATERIALIZED (
    SELECT version.owner_id, version.id AS version_id, version.file_id, version.size, version.rule,
        ARRAY({CHOSEN.format(version="version", holds=HOLDS)}) AS chosen
    FROM version
), moves AS (
    SELECT placed.owner_id, placed.version_id, placed.file_id, placed.size, wanted.server_id,
        true AS is_added
    FROM placed CROSS JOIN LATERAL unnest(placed.chosen) AS wanted(server_id)
    WHERE COALESCE((SELECT replicas.state FROM storage.replicas
        WHERE replicas.owner_id = placed.owner_id AND replicas.version_id = placed.version_id
            AND replicas.server_id = wanted.server_id), 'GONE') IN ('GONE', 'ERASING')
    UNION ALL
    SELECT placed.owner_id, placed.version_id, placed.file_id, placed.size, held.server_id, false
    FROM placed CROSS JOIN LATERAL (
        SELECT replicas.server_id FROM storage.replicas
        JOIN storage.servers ON servers.id = replicas.server_id
        WHERE replicas.owner_id = placed.owner_id AND replicas.version_id = placed.version_id
            AND replicas.state NOT IN ('GONE', 'ERASING')
            AND replicas.server_id <> ALL(placed.chosen)
            AND ({HOLDS} OR {FORBIDS.format(version="placed")})
    ) AS held
)
SELECT {LAST_OF_PAGE}, NULL AS server, true AS is_added, {FILES},
    COALESCE(sum(size), 0)::bigint AS bytes
FROM (SELECT DISTINCT owner_id, version_id, file_id, size FROM moves) AS moved
UNION ALL
SELECT NULL, NULL, NULL, servers.name, is_added, {FILES}, sum(size)::bigint
FROM moves JOIN storage.servers ON servers.id = moves.server_id
GROUP BY servers.name, is_added
"""
COUNT_ALL: Final = COUNT_PAGE.format(
    scope=AFTER_LAST,
    mine="storage.own_rule(page.owner_id, page.file_id, file.folder_id) IS NULL",
)
# Of the files $6.
COUNT_SOME: Final = COUNT_PAGE.format(
    scope="owner_id = $1 AND file_id = ANY($6::uuid[]) AND (file_id, number) > ($2, $3)",
    mine="true",
)
# Below a folder $3, but for what has a policy that is nearer: the next of its files.
LIST_BELOW: Final = """
WITH RECURSIVE below AS (
    SELECT $3::uuid AS id
    UNION ALL
    SELECT folders.id FROM below
    JOIN storage.folders ON folders.owner_id = $1 AND folders.parent_id = below.id
    WHERE NOT EXISTS (SELECT FROM storage.policies
        WHERE policies.owner_id = $1 AND policies.target_id = folders.id)
)
SELECT id FROM storage.files
WHERE owner_id = $1 AND id > $2 AND folder_id IN (SELECT id FROM below) AND deleted_at IS NULL
    AND NOT EXISTS (SELECT FROM storage.policies
        WHERE policies.owner_id = $1 AND policies.target_id = files.id)
ORDER BY id LIMIT $4
"""


@dataclass(slots=True, kw_only=True)
class Move:
    """What would come to a server, and what would go."""

    server: str
    adds_files: int = 0
    adds_bytes: int = 0
    drops_files: int = 0
    drops_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """How many files would be moved, the bytes of them, and where."""

    files: int
    bytes: int
    moves: Sequence[Move]


async def simulate(pool: Pool, target: Target, policy: Policy) -> Simulated:
    """Compare what is stored with what a policy would want, a page of versions after the other."""
    moves: defaultdict[str, Move] = defaultdict(lambda: Move(server=""))
    tallies: defaultdict[tuple[str | None, bool], Tally] = defaultdict(Tally)
    files = size = 0
    async for rows in _pages(pool, target, policy):
        for row in rows:
            counted = tallies[row["server"], row["is_added"]].add(row)
            if row["server"] is None:
                files, size = counted, size + row["bytes"]
            else:
                _add(moves[row["server"]], row, counted)
    return Simulated(files=files, bytes=size, moves=[moves[name] for name in sorted(moves)])


def _add(move: Move, row: Record, files: int) -> None:
    move.server = row["server"]
    if row["is_added"]:
        move.adds_files = files
        move.adds_bytes += row["bytes"]
    else:
        move.drops_files = files
        move.drops_bytes += row["bytes"]


async def _pages(pool: Pool, target: Target, policy: Policy) -> AsyncIterator[list[Record]]:
    if target.id == NOBODY:
        async for rows in _walk(pool, COUNT_ALL, NOBODY, policy.rule):
            yield rows
        return
    async for ids in _files(pool, target):
        async for rows in _walk(pool, COUNT_SOME, target.owner_id, policy.rule, ids):
            yield rows


async def _files(pool: Pool, target: Target) -> AsyncIterator[list[UUID]]:
    """Which files a policy would be for, a page after the other."""
    if target.kind == "file":
        yield [target.id]
        return
    after = UUID(int=0)
    while rows := await pool.fetch(LIST_BELOW, target.owner_id, after, target.id, PAGE):
        after = rows[-1]["id"]
        yield [row["id"] for row in rows]


async def _walk(
    pool: Pool, statement: str, owner_id: UUID, *arguments: object
) -> AsyncIterator[list[Record]]:
    after: Place | None = (owner_id, UUID(int=0), 0)
    while after is not None:
        rows = await pool.fetch(statement, *after, PAGE, *arguments)
        after = last_of(next(row for row in rows if row["server"] is None))
        yield rows
