"""Which of many files and folders are there for a person, and which of them in the trash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from services.storage.files.paths import ABOVE, PLACES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from uuid import UUID

    from shared.db import Connection, Pool

FIND_FILES: Final = f"""
SELECT files.id, COALESCE(files.trashed_at, above.trashed_at) IS NOT NULL AS is_trashed
FROM storage.files CROSS JOIN LATERAL {ABOVE} AS above
WHERE files.owner_id = $1 AND files.id = ANY($2::uuid[]) AND files.deleted_at IS NULL
    AND above.deleted_at IS NULL
"""
FIND_FOLDERS: Final = f"""
WITH RECURSIVE page AS MATERIALIZED (
    SELECT owner_id, id AS folder_id FROM storage.folders
    WHERE owner_id = $1 AND id = ANY($2::uuid[])
), {PLACES}
SELECT folder_id AS id, trashed_at IS NOT NULL AS is_trashed FROM places
WHERE deleted_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Known:
    """Files and folders that are there, each with whether it is in the trash."""

    files: Mapping[UUID, bool]
    folders: Mapping[UUID, bool]


async def find_known(
    db: Connection | Pool, owner_id: UUID, file_ids: Collection[UUID], folder_ids: Collection[UUID]
) -> Known:
    """Find those of some files and folders."""
    files = await find_files(db, owner_id, file_ids)
    folders = await _find(db, FIND_FOLDERS, owner_id, folder_ids)
    return Known(files, folders)


async def find_files(
    db: Connection | Pool, owner_id: UUID, file_ids: Collection[UUID]
) -> Mapping[UUID, bool]:
    """Find those of some files that are there, each with whether it is in the trash."""
    return await _find(db, FIND_FILES, owner_id, file_ids)


async def _find(
    db: Connection | Pool, statement: str, owner_id: UUID, ids: Collection[UUID]
) -> dict[UUID, bool]:
    found = {row["id"]: row["is_trashed"] for row in await db.fetch(statement, owner_id, list(ids))}
    return {one: found[one] for one in ids if one in found}
