"""What a server has, a page of all files at a time: no statement looks at more rows than that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from asyncpg import Record

    from shared.db import Connection, Pool

PAGE: Final = 1000

# What could not be read stays READY for a while: people may be sent there, nothing relies on it.
VERIFIED_ELSEWHERE: Final = "server_id <> $4 AND state = 'READY' AND verified_at IS NOT NULL"
# $1, $2 owner and id of the last file seen, $3 how many, $4 the server. A row of `held` is a
# version it has; `elsewhere` are the others with a verified copy, the newest of `verified_at`.
# The copies of each version are found by its key: joined as tables, PostgreSQL may compare each
# file of a page with each copy of the server, as long as it has not counted how many there are.
HELD_OF_PAGE: Final = f"""page AS MATERIALIZED (
    SELECT files.owner_id, files.id, files.folder_id FROM storage.files
    WHERE (files.owner_id, files.id) > ($1, $2) ORDER BY files.owner_id, files.id LIMIT $3
), held AS MATERIALIZED (
    SELECT page.owner_id, page.id AS file_id, page.folder_id, versions.id, versions.number,
        versions.size, versions.upload_server_id, copies.elsewhere, copies.verified_at
    FROM page
    JOIN storage.versions ON versions.owner_id = page.owner_id AND versions.file_id = page.id
    CROSS JOIN LATERAL (
        SELECT bool_or(server_id = $4 AND state IN ('READY', 'SUSPECT')) AS is_here,
            array_agg(server_id) FILTER (WHERE {VERIFIED_ELSEWHERE}) AS elsewhere,
            max(verified_at) FILTER (WHERE {VERIFIED_ELSEWHERE}) AS verified_at
        FROM storage.replicas
        WHERE replicas.owner_id = versions.owner_id AND replicas.version_id = versions.id
    ) AS copies
    WHERE versions.state = 'STORED' AND copies.is_here
)"""
LAST_OF_PAGE: Final = """
    (SELECT owner_id FROM page ORDER BY owner_id DESC, id DESC LIMIT 1) AS last_owner,
    (SELECT id FROM page ORDER BY owner_id DESC, id DESC LIMIT 1) AS last_id"""


async def fetch_pages(
    db: Connection | Pool, statement: str, server_id: UUID
) -> AsyncIterator[Record]:
    """What a statement that begins with HELD_OF_PAGE says of each page of files."""
    after: tuple[UUID, UUID] | None = (UUID(int=0), UUID(int=0))
    while after is not None:
        row = await db.fetchrow(statement, *after, PAGE, server_id)
        assert row is not None
        after = None if row["last_id"] is None else (row["last_owner"], row["last_id"])
        yield row
