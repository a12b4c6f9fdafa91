"""All files with their versions, a page at a time: no statement looks at more rows than that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from asyncpg import Record

    from shared.db import Connection, Pool

PAGE: Final = 1000

# $1, $2 owner and id of the last file seen, $3 how many
PAGE_OF_FILES: Final = """page AS MATERIALIZED (
    SELECT files.owner_id, files.id, files.folder_id FROM storage.files
    WHERE (files.owner_id, files.id) > ($1, $2) ORDER BY files.owner_id, files.id LIMIT $3
)"""
LAST_OF_PAGE: Final = """
    (SELECT owner_id FROM page ORDER BY owner_id DESC, id DESC LIMIT 1) AS last_owner,
    (SELECT id FROM page ORDER BY owner_id DESC, id DESC LIMIT 1) AS last_id"""


async def fetch_pages(
    db: Connection | Pool, statement: str, *arguments: Any, page: int = PAGE
) -> AsyncIterator[Record]:
    """What a statement that begins with PAGE_OF_FILES says of each page; its arguments from $4."""
    after: tuple[UUID, UUID] | None = (UUID(int=0), UUID(int=0))
    while after is not None:
        row = await db.fetchrow(statement, *after, page, *arguments)
        assert row is not None
        after = None if row["last_id"] is None else (row["last_owner"], row["last_id"])
        yield row
