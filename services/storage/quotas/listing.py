"""The people who store something or have a quota of their own, whoever stores most first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from services.storage.quotas.quotas import DEFAULT

if TYPE_CHECKING:
    from shared.db import Connection, Pool

# All that is larger than a bigint: a list begins behind it.
MOST: Final = (0x7FFFFFFFFFFFFFFF, UUID("ffffffff-ffff-ffff-ffff-ffffffffffff"))

# The sum is computed, so no index gives the order; there is one short row a person.
LIST_PEOPLE: Final = """
SELECT owner_id AS user_id, COALESCE(usage.files, 0) AS files, used.bytes,
    COALESCE(usage.reserved_bytes, 0) AS reserved_bytes, own.owner_id IS NOT NULL AS is_own,
    CASE WHEN own.owner_id IS NULL THEN everybody.max_files ELSE own.max_files END AS max_files,
    CASE WHEN own.owner_id IS NULL THEN everybody.max_bytes ELSE own.max_bytes END AS max_bytes
FROM (SELECT * FROM storage.usage WHERE files > 0 OR bytes > 0 OR reserved_bytes > 0) AS usage
FULL JOIN (SELECT * FROM storage.quotas WHERE owner_id <> $1) AS own USING (owner_id)
CROSS JOIN (SELECT max_files, max_bytes FROM storage.quotas WHERE owner_id = $1) AS everybody
CROSS JOIN LATERAL (SELECT COALESCE(usage.bytes, 0) AS bytes) AS used
WHERE (used.bytes, owner_id) < ($2, $3)
ORDER BY used.bytes DESC, owner_id DESC LIMIT $4
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonUsage:
    """How much a person stores, and may."""

    user_id: UUID
    files: int
    bytes: int
    reserved_bytes: int
    is_own: bool
    max_files: int | None
    max_bytes: int | None


async def list_people(
    db: Connection | Pool, behind: tuple[int, UUID] | None, limit: int
) -> list[PersonUsage]:
    """Who stores something or has a quota of their own, from behind that person on."""
    rows = await db.fetch(LIST_PEOPLE, DEFAULT, *(behind or MOST), limit)
    return [PersonUsage(**row) for row in rows]
