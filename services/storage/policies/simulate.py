"""What a policy would move, counted before it is set."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from services.storage.policies.policies import NOBODY
from shared.catalog.placement import CHOSEN, FORBIDS, HOLDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from asyncpg import Record

    from services.storage.policies.policies import Target
    from shared.catalog.policy import Policy
    from shared.db import Pool

# So many files, with all their versions, one statement looks at.
PAGE: Final = 1000

# $1, $2 owner and id of the last file seen, $3 the rule, $4 how many
COUNT_PAGE: Final = f"""
WITH RECURSIVE {{below}} page AS MATERIALIZED (
    SELECT files.owner_id, files.id, files.folder_id FROM storage.files
    WHERE {{which}} AND files.deleted_at IS NULL
    ORDER BY files.owner_id, files.id LIMIT $4
), version AS MATERIALIZED (
    SELECT versions.owner_id, versions.id, versions.file_id, versions.size,
        versions.upload_server_id, $3::jsonb AS rule
    FROM page JOIN storage.versions
        ON versions.owner_id = page.owner_id AND versions.file_id = page.id
    WHERE versions.state = 'STORED' AND {{mine}}
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
SELECT (SELECT owner_id FROM page ORDER BY owner_id DESC, id DESC LIMIT 1) AS last_owner,
    (SELECT id FROM page ORDER BY owner_id DESC, id DESC LIMIT 1) AS last_id,
    NULL AS server, true AS is_added, count(DISTINCT file_id) AS files,
    COALESCE(sum(size), 0)::bigint AS bytes
FROM (SELECT DISTINCT owner_id, version_id, file_id, size FROM moves) AS moved
UNION ALL
SELECT NULL, NULL, servers.name, is_added, count(DISTINCT file_id), sum(size)::bigint
FROM moves JOIN storage.servers ON servers.id = moves.server_id
GROUP BY servers.name, is_added
"""
COUNT_ALL: Final = COUNT_PAGE.format(
    below="",
    which="(files.owner_id, files.id) > ($1, $2)",
    mine="storage.own_rule(page.owner_id, page.id, page.folder_id) IS NULL",
)
# Below a folder $5, but for what has a policy that is nearer.
COUNT_FOLDER: Final = COUNT_PAGE.format(
    below="""below AS (
    SELECT $5::uuid AS id
    UNION ALL
    SELECT folders.id FROM below
    JOIN storage.folders ON folders.owner_id = $1 AND folders.parent_id = below.id
    WHERE NOT EXISTS (SELECT FROM storage.policies
        WHERE policies.owner_id = $1 AND policies.target_id = folders.id)
),""",
    which="files.owner_id = $1 AND files.id > $2 AND files.folder_id IN (SELECT id FROM below)",
    mine="""NOT EXISTS (SELECT FROM storage.policies
        WHERE policies.owner_id = page.owner_id AND policies.target_id = page.id)""",
)
COUNT_FILE: Final = COUNT_PAGE.format(
    below="", which="files.owner_id = $1 AND files.id > $2 AND files.id = $5", mine="true"
)


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
    """Compare what is stored with what a policy would want, a page of files after the other."""
    moves: defaultdict[str, Move] = defaultdict(lambda: Move(server=""))
    files = size = 0
    async for rows in _pages(pool, target, policy):
        for row in rows:
            if row["server"] is None:
                files, size = files + row["files"], size + row["bytes"]
            else:
                _add(moves[row["server"]], row)
    return Simulated(files=files, bytes=size, moves=[moves[name] for name in sorted(moves)])


def _add(move: Move, row: Record) -> None:
    move.server = row["server"]
    if row["is_added"]:
        move.adds_files += row["files"]
        move.adds_bytes += row["bytes"]
    else:
        move.drops_files += row["files"]
        move.drops_bytes += row["bytes"]


async def _pages(pool: Pool, target: Target, policy: Policy) -> AsyncIterator[list[Record]]:
    statement, more = COUNT_ALL, list[UUID]()
    after: tuple[Any, ...] | None = (target.owner_id, UUID(int=0))
    if target.id != NOBODY:
        statement, more = COUNT_FILE if target.kind == "file" else COUNT_FOLDER, [target.id]
    while after is not None:
        rows = await pool.fetch(statement, *after, policy.rule, PAGE, *more)
        last = next(row for row in rows if row["server"] is None)
        after = None if last["last_id"] is None else (last["last_owner"], last["last_id"])
        yield rows
