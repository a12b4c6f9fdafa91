"""What would be lost with a server: versions of which no other that answers has a verified copy."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from shared.catalog.file_pages import HELD_OF_PAGE, LAST_OF_PAGE, fetch_pages
from shared.catalog.placement import OPEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from shared.db import Connection, Pool

LIST_SOLE: Final = f"""
WITH {HELD_OF_PAGE}, sole AS (
    SELECT owner_id, file_id, number, size FROM held
    WHERE NOT EXISTS (
        SELECT FROM storage.servers WHERE id = ANY(held.elsewhere) AND removed_at IS NULL
            AND {OPEN} AND health <> 'offline')
)
SELECT {LAST_OF_PAGE},
    (SELECT COALESCE(jsonb_agg(to_jsonb(sole) ORDER BY owner_id, file_id, number), '[]')
        FROM sole) AS copies
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much: files, versions of them, and their bytes."""

    files: int = 0
    versions: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SoleCopy:
    """A version that no other server that answers has."""

    owner_id: UUID
    file_id: UUID
    number: int
    size: int

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> SoleCopy:
        """Read it as JSON says it."""
        known = {field.name: row[field.name] for field in fields(cls)}
        known |= {name: UUID(known[name]) for name in ("owner_id", "file_id")}
        return cls(**known)


async def sole_copies(db: Connection | Pool, server_id: UUID) -> AsyncIterator[list[SoleCopy]]:
    """All versions that only this server has, page by page; those of a file follow each other."""
    async for page in fetch_pages(db, LIST_SOLE, server_id):
        yield [SoleCopy.read(row) for row in page["copies"]]


async def count_sole_copies(db: Connection | Pool, server_id: UUID) -> Counts:
    """How much only this server has."""
    found = Counts()
    last: UUID | None = None
    async for copies in sole_copies(db, server_id):
        # The last file of a page may go on with the next.
        files = {copy.file_id for copy in copies} - {last}
        last = copies[-1].file_id if copies else last
        found = Counts(
            found.files + len(files),
            found.versions + len(copies),
            found.bytes + sum(copy.size for copy in copies),
        )
    return found
