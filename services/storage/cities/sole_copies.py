"""What would be lost with a server: versions of which no other server has a verified copy."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from shared.catalog.file_pages import LAST_OF_PAGE, PAGE_OF_FILES, fetch_pages

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from shared.db import Connection, Pool

LIST_SOLE: Final = f"""
WITH {PAGE_OF_FILES}, sole AS (
    SELECT versions.owner_id, versions.file_id, versions.number, versions.size
    FROM page JOIN storage.versions
        ON versions.owner_id = page.owner_id AND versions.file_id = page.id
    JOIN storage.replicas
        ON replicas.owner_id = versions.owner_id AND replicas.version_id = versions.id
    WHERE replicas.server_id = $4 AND replicas.state IN ('READY', 'SUSPECT')
        AND versions.state = 'STORED'
        AND NOT EXISTS (
            SELECT FROM storage.replicas AS others
            JOIN storage.servers ON servers.id = others.server_id
            WHERE others.owner_id = replicas.owner_id AND others.version_id = replicas.version_id
                AND others.server_id <> $4 AND others.state = 'READY'
                AND servers.removed_at IS NULL)
)
SELECT {LAST_OF_PAGE},
    (SELECT COALESCE(jsonb_agg(to_jsonb(sole) ORDER BY file_id, number), '[]') FROM sole) AS copies
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much: files, versions of them, and their bytes."""

    files: int = 0
    versions: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SoleCopy:
    """A version that one server alone has."""

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
    """All versions that only this server has, page by page; those of a file stay together."""
    async for page in fetch_pages(db, LIST_SOLE, server_id):
        yield [SoleCopy.read(row) for row in page["copies"]]


async def count_sole_copies(db: Connection | Pool, server_id: UUID) -> Counts:
    """How much only this server has."""
    found = Counts()
    async for copies in sole_copies(db, server_id):
        found = Counts(
            found.files + len({copy.file_id for copy in copies}),
            found.versions + len(copies),
            found.bytes + sum(copy.size for copy in copies),
        )
    return found
