"""A version somebody wants to download, and the servers that hold a verified copy of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from services.storage.files.files import HAS_NUMBER
from services.storage.files.found import FOUND_FILE
from services.storage.files.paths import ABOVE
from shared.catalog.placement import RULE
from shared.errors import (
    FILE_NOT_FOUND,
    FILE_TRASHED,
    NOT_STORED,
    VERSION_NOT_FOUND,
    MeridianError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool

HELD = f"""
WITH RECURSIVE {FOUND_FILE}
SELECT files.owner_id, files.id AS file_id, files.name,
    COALESCE(files.trashed_at, above.trashed_at) AS trashed_at,
    versions.id AS version_id, {{number}} AS number, versions.key, versions.size,
    versions.content_type, versions.sha256, versions.state, ARRAY(
        SELECT server_id FROM storage.replicas
        WHERE replicas.owner_id = versions.owner_id AND replicas.version_id = versions.id
            AND replicas.state = 'READY') AS holders,
    {RULE.format(owner="files.owner_id", file="files.id", folder="files.folder_id")} AS rule
FROM found JOIN storage.files ON files.owner_id = found.owner_id AND files.id = found.id
JOIN storage.versions ON versions.owner_id = files.owner_id AND {{which}}
CROSS JOIN LATERAL {ABOVE} AS above
WHERE files.deleted_at IS NULL AND above.deleted_at IS NULL
"""
FIND_HELD = HELD.format(
    which="versions.id = files.current_version_id",
    number="COALESCE(NULLIF(files.current_number, 0), versions.number)",
)
FIND_HELD_VERSION = f"""
{HELD.format(which="versions.file_id = files.id", number="$3::integer")}
    AND {HAS_NUMBER} AND versions.state IN ('PENDING', 'STORED')
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One version of a file with all that a link to it needs.

    `holders` are ids of servers, `rule` is the policy that counts for the file.
    """

    owner_id: UUID
    file_id: UUID
    name: str
    trashed_at: datetime | None
    version_id: UUID
    number: int
    key: str
    size: int
    content_type: str
    sha256: bytes | None
    state: str
    holders: Sequence[UUID]
    rule: Mapping[str, Any]


async def get_held(
    db: Connection | Pool, user_id: UUID, file_id: UUID, number: int | None = None
) -> Held:
    """The current or that version of a file that somebody may read, if it can be downloaded.

    FILE_NOT_FOUND, VERSION_NOT_FOUND, FILE_TRASHED, NOT_STORED.
    """
    held = await find_held(db, user_id, file_id, number)
    if held is None:
        is_there = number is not None and await find_held(db, user_id, file_id)
        raise MeridianError(VERSION_NOT_FOUND if is_there else FILE_NOT_FOUND)
    if held.trashed_at is not None:
        raise MeridianError(FILE_TRASHED)
    if held.state != "STORED":
        raise MeridianError(NOT_STORED)
    return held


async def find_held(
    db: Connection | Pool, user_id: UUID, file_id: UUID, number: int | None = None
) -> Held | None:
    """The current or that version of a file that somebody may read, in whatever state."""
    if number is None:
        row = await db.fetchrow(FIND_HELD, user_id, file_id)
    else:
        row = await db.fetchrow(FIND_HELD_VERSION, user_id, file_id, number)
    return None if row is None else Held(**row)
