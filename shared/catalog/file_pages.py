"""What a server has, a page of all versions at a time: no statement looks at more than that.

The versions of a file stand together, but as there may be any number of them, a page may begin or
end between two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import TypeAlias

    from asyncpg import Record

    from shared.db import Connection, Pool

    Place: TypeAlias = tuple[UUID, UUID, int]

PAGE: Final = 1000

# What could not be read stays READY for a while: people may be sent there, nothing relies on it.
VERIFIED_ELSEWHERE: Final = "server_id <> $5 AND state = 'READY' AND verified_at IS NOT NULL"
# $1, $2, $3 owner, file and number of the last version seen, $4 how many.
PAGE_OF_VERSIONS: Final = """page AS MATERIALIZED (
    SELECT owner_id, file_id, number, id, size, upload_server_id, state FROM storage.versions
    WHERE {scope} ORDER BY owner_id, file_id, number LIMIT $4
), last AS (
    SELECT owner_id, file_id, number FROM page
    ORDER BY owner_id DESC, file_id DESC, number DESC LIMIT 1
)"""
AFTER_LAST: Final = "(owner_id, file_id, number) > ($1, $2, $3)"
LAST_OF_PAGE: Final = """(SELECT owner_id FROM last) AS last_owner,
    (SELECT file_id FROM last) AS last_file, (SELECT number FROM last) AS last_number"""
# $5 the server. A row of `held` is a version it has; `elsewhere` are the others with a verified
# copy, the newest of `verified_at`. The file and the copies of each version are found by its key:
# joined as tables, PostgreSQL may compare each version of a page with each copy of the server, as
# long as it has not counted how many there are.
HELD_OF_PAGE: Final = f"""{PAGE_OF_VERSIONS.format(scope=AFTER_LAST)}, held AS MATERIALIZED (
    SELECT page.owner_id, page.file_id, page.id, page.number, page.size, page.upload_server_id,
        (SELECT folder_id FROM storage.files
            WHERE files.owner_id = page.owner_id AND files.id = page.file_id) AS folder_id,
        copies.elsewhere, copies.verified_at
    FROM page CROSS JOIN LATERAL (
        SELECT bool_or(server_id = $5 AND state IN ('READY', 'SUSPECT')) AS is_here,
            array_agg(server_id) FILTER (WHERE {VERIFIED_ELSEWHERE}) AS elsewhere,
            max(verified_at) FILTER (WHERE {VERIFIED_ELSEWHERE}) AS verified_at
        FROM storage.replicas
        WHERE replicas.owner_id = page.owner_id AND replicas.version_id = page.id
    ) AS copies
    WHERE page.state = 'STORED' AND copies.is_here
)"""
# For a Tally.
FILES: Final = """count(DISTINCT file_id) AS files,
    (array_agg(file_id ORDER BY owner_id, file_id))[1] AS first_counted,
    (array_agg(file_id ORDER BY owner_id DESC, file_id DESC))[1] AS last_counted"""


@dataclass(slots=True)
class Tally:
    """Files on all pages so far, each counted once: only the last may come again."""

    files: int = 0
    last: UUID | None = None

    def add(self, page: Record) -> int:
        """Add what FILES says of a page; how many there are now."""
        if page["files"]:
            self.files += page["files"] - (page["first_counted"] == self.last)
            self.last = page["last_counted"]
        return self.files


async def fetch_pages(
    db: Connection | Pool, statement: str, server_id: UUID
) -> AsyncIterator[Record]:
    """What a statement that begins with HELD_OF_PAGE says of each page of versions."""
    after: Place | None = (UUID(int=0), UUID(int=0), 0)
    while after is not None:
        row = await db.fetchrow(statement, *after, PAGE, server_id)
        assert row is not None
        after = last_of(row)
        yield row


def last_of(row: Record) -> Place | None:
    """Where a page ended, as LAST_OF_PAGE says; None when there is no more."""
    if row["last_owner"] is None:
        return None
    return row["last_owner"], row["last_file"], row["last_number"]
