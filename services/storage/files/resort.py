"""Bring what names are sorted by up to date, after the rules for it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.storage.files.sort_key import SORT_VERSION, fold, sort_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from asyncpg import Record

    from shared.db import Pool

BATCH: Final = 500

LIST_OLD_FILES: Final = f"""
SELECT owner_id, id, name FROM storage.files WHERE sort_version < {SORT_VERSION} LIMIT $1
"""
LIST_OLD_FOLDERS: Final = f"""
SELECT owner_id, id, name FROM storage.folders WHERE sort_version < {SORT_VERSION} LIMIT $1
"""
# One that was renamed meanwhile has its new keys already.
SORT_FILES: Final = f"""
UPDATE storage.files
SET name_key = named.key, name_fold = named.fold, sort_version = {SORT_VERSION}
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[])
    AS named(owner_id, id, name, key, fold)
WHERE files.owner_id = named.owner_id AND files.id = named.id AND files.name = named.name
"""
SORT_FOLDERS: Final = f"""
UPDATE storage.folders SET name_key = named.key, sort_version = {SORT_VERSION}
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[])
    AS named(owner_id, id, name, key)
WHERE folders.owner_id = named.owner_id AND folders.id = named.id AND folders.name = named.name
"""


async def sort_anew(pool: Pool, batch: int = BATCH) -> None:
    """Write the keys of all files and folders whose keys follow older rules."""
    while rows := await pool.fetch(LIST_OLD_FILES, batch):
        names = [row["name"] for row in rows]
        keys = list(map(sort_key, names)), list(map(fold, names))
        await pool.execute(SORT_FILES, *_ids(rows), names, *keys)
    while rows := await pool.fetch(LIST_OLD_FOLDERS, batch):
        names = [row["name"] for row in rows]
        await pool.execute(SORT_FOLDERS, *_ids(rows), names, list(map(sort_key, names)))


def _ids(rows: Sequence[Record]) -> tuple[list[UUID], list[UUID]]:
    return [row["owner_id"] for row in rows], [row["id"] for row in rows]
