"""The files of a folder that a playlist refers to, with the servers that hold them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from services.storage.hls.references import Reference
from shared.catalog.placement import FORBIDS, RULE
from shared.errors import FILE_NOT_FOUND, NOT_STORED, MeridianError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from shared.db import Connection, Pool

# The servers in whose zone no copy may be, as a rule says.
BARRED: Final = f"ARRAY(SELECT servers.id FROM storage.servers WHERE {FORBIDS})"
# The rule of a folder is read once for all of its files, and for each whether it has its own.
# $2 the folder; $3 all paths on the way down; $4 and $5 the wanted, a path and a name each.
# LIMIT 1 has each file looked up by its name; the generic plan may else read all of a person's.
FIND_FILES: Final = f"""
WITH RECURSIVE below AS (
    SELECT $2::uuid AS id, '' AS path
    UNION ALL
    SELECT folders.id, below.path || folders.name || '/' FROM below
    JOIN storage.folders ON folders.owner_id = $1 AND folders.parent_id = below.id
        AND folders.deleted_at IS NULL AND folders.trashed_at IS NULL
        AND below.path || folders.name || '/' = ANY($3::text[])
), ruled AS MATERIALIZED (
    SELECT id, path, {RULE.format(owner="$1", file="NULL", folder="below.id")} AS rule FROM below
), place AS MATERIALIZED (SELECT id, path, {BARRED.format(version="ruled")} AS barred FROM ruled)
SELECT place.path, files.owner_id, files.folder_id, files.id, files.name,
    COALESCE(NULLIF(files.current_number, 0), versions.number) AS number,
    versions.id AS version_id, versions.key, versions.size, versions.state, ARRAY(
        SELECT server_id FROM storage.replicas
        WHERE replicas.owner_id = versions.owner_id AND replicas.version_id = versions.id
            AND replicas.state = 'READY'
            AND server_id <> ALL(COALESCE(own.barred, place.barred))) AS holders
FROM unnest($4::text[], $5::text[]) AS wanted (path, name)
JOIN place ON place.path = wanted.path
CROSS JOIN LATERAL (
    SELECT owner_id, folder_id, id, name, current_number, current_version_id FROM storage.files
    WHERE owner_id = $1 AND folder_id = place.id AND name = wanted.name
        AND deleted_at IS NULL AND trashed_at IS NULL
    LIMIT 1
) AS files
JOIN storage.versions ON versions.owner_id = files.owner_id
    AND versions.id = files.current_version_id
LEFT JOIN LATERAL (
    SELECT {BARRED.format(version="policies")} AS barred FROM storage.policies
    WHERE policies.owner_id = $1 AND policies.target_id = files.id LIMIT 1
) AS own ON true
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file in its current version.

    `holders` are ids of servers with a verified copy, but for those its policy forbids.
    """

    owner_id: UUID
    folder_id: UUID
    id: UUID
    name: str
    number: int
    version_id: UUID
    key: str
    size: int
    state: str
    holders: Sequence[UUID]


async def find_files(
    db: Connection | Pool, playlist: Found, wanted: Iterable[Reference]
) -> Mapping[Reference, Found]:
    """Find those of the files a playlist wants that are there; one statement, whatever it wants."""
    return await _find(db, playlist.owner_id, playlist.folder_id, wanted)


async def _find(
    db: Connection | Pool, owner_id: UUID, folder_id: UUID, wanted: Iterable[Reference]
) -> Mapping[Reference, Found]:
    asked = sorted(wanted)
    ways = {way for reference in asked for way in _ways(reference.folder)}
    folders, names = [one.folder for one in asked], [one.name for one in asked]
    rows = await db.fetch(FIND_FILES, owner_id, folder_id, sorted(ways), folders, names)
    return {
        Reference(row["path"], row["name"]): Found(
            **{name: found for name, found in row.items() if name != "path"}
        )
        for row in rows
    }


async def get_found(db: Connection | Pool, owner_id: UUID, folder_id: UUID, name: str) -> Found:
    """One file right in the folder; FILE_NOT_FOUND, NOT_STORED."""
    wanted = Reference("", name)
    found = (await _find(db, owner_id, folder_id, [wanted])).get(wanted)
    if found is None:
        raise MeridianError(FILE_NOT_FOUND)
    if found.state != "STORED":
        raise MeridianError(NOT_STORED)
    return found


def _ways(folder: str) -> list[str]:
    """All folders on the way down to one: `a/`, `a/b/`."""
    parts = folder.split("/")[:-1]
    return list(accumulate(f"{part}/" for part in parts))
