"""Files as their owners see them: a name in a folder, with its current version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from asyncpg import UniqueViolationError

from shared.errors import FILE_EXISTS, MeridianError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from services.storage.caller import Caller
    from shared.db import Connection, Pool

# Ready on so many servers, a file survives the loss of any one.
DURABLE_COPIES: Final = 2
# What goes back to the bytes as the client sent them, not only to a later reading.
CLIENT_PROOFS: Final = frozenset(("sha256", "etag"))

VIEW = """
SELECT files.id, files.owner_id, files.name, files.folder, files.revision,
    files.created_at, files.updated_at, files.trashed_at,
    versions.id AS version_id, versions.number AS version, versions.size, versions.content_type,
    versions.sha256, versions.proof, versions.state,
    copies.ready, copies.verified, copies.wanted, COALESCE(copies.servers, '{{}}') AS servers
FROM storage.files
JOIN storage.versions ON versions.owner_id = files.owner_id AND {which}
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE replicas.state = 'READY') AS ready,
        count(replicas.verified_at) FILTER (WHERE replicas.state = 'READY') AS verified,
        count(*) AS wanted,
        jsonb_object_agg(servers.name, replicas.state) AS servers
    FROM storage.replicas JOIN storage.servers ON servers.id = replicas.server_id
    WHERE replicas.owner_id = versions.owner_id AND replicas.version_id = versions.id
        AND replicas.state <> 'GONE'
) AS copies
"""

CURRENT = VIEW.format(which="versions.id = files.current_version_id")
NUMBERED = VIEW.format(which="versions.file_id = files.id")

FIND_FILE = f"{CURRENT} WHERE files.owner_id = $1 AND files.id = $2 AND files.deleted_at IS NULL"
FIND_FILE_VERSION = f"""{NUMBERED}
WHERE files.owner_id = $1 AND files.id = $2 AND files.deleted_at IS NULL
    AND versions.number = $3 AND versions.state IN ('PENDING', 'STORED')
"""

# $1 owner, $2 folder, $3 pattern, $4 trashed, $5 limit, $6 and $7 the last row of the page before
LIST_FILES = """{view}
WHERE files.owner_id = $1 AND files.deleted_at IS NULL
    AND ($2::text IS NULL OR files.folder = $2)
    AND ($3::text IS NULL OR files.name ILIKE $3)
    AND (files.trashed_at IS NOT NULL) = $4
    AND ($7::uuid IS NULL OR ({column}, files.id) {comparison} ($6::{type}, $7::uuid))
ORDER BY {column} {direction}, files.id {direction}
LIMIT $5
"""
SORT_COLUMNS = {
    "name": ("files.name", "text"),
    "size": ("versions.size", "bigint"),
    "created_at": ("files.created_at", "timestamptz"),
    "updated_at": ("files.updated_at", "timestamptz"),
}
ORDERS = {"asc": ">", "desc": "<"}
LISTS = {
    (sort, order): LIST_FILES.format(
        view=CURRENT, column=column, type=kind, comparison=comparison, direction=order.upper()
    )
    for sort, (column, kind) in SORT_COLUMNS.items()
    for order, comparison in ORDERS.items()
}

CHANGE_FILE = """
WITH changed AS (
    UPDATE storage.files
    SET name = COALESCE($3, name), folder = COALESCE($4, folder),
        updated_at = now(), revision = revision + 1
    WHERE owner_id = $1 AND id = $2 AND deleted_at IS NULL
        AND ($5::integer IS NULL OR revision = $5)
    RETURNING id, name, folder
)
INSERT INTO storage.actions (owner_id, event, object_id, data, user_id, ip, place)
SELECT $1, 'FILE.CHANGE', id, jsonb_build_object('name', name, 'folder', folder), $6, $7, $8
FROM changed RETURNING object_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file with its current version; `servers` maps a server's name to the replica's state."""

    id: UUID
    owner_id: UUID
    name: str
    folder: str
    revision: int
    created_at: datetime
    updated_at: datetime
    trashed_at: datetime | None
    version_id: UUID
    version: int
    size: int
    content_type: str
    sha256: bytes | None
    proof: str | None
    state: str
    ready: int
    verified: int
    wanted: int
    servers: Mapping[str, str]

    @property
    def is_durable(self) -> bool:
        """Whether it survives the loss of any server, with the bytes that the client sent."""
        return self.verified >= DURABLE_COPIES and self.proof in CLIENT_PROOFS


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Which files a person wants to see, in which order, after which row."""

    folder: str | None = None
    pattern: str | None = None
    trashed: bool = False
    sort: str = "created_at"
    order: str = "desc"
    limit: int = 50
    after: tuple[str | int | datetime, UUID] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A new name or folder, for a file at that revision or at any."""

    owner_id: UUID
    file_id: UUID
    name: str | None
    folder: str | None
    revision: int | None


async def find_file(
    db: Connection | Pool, owner_id: UUID, file_id: UUID, number: int | None = None
) -> File | None:
    """One file with its current or that version, unless it was deleted."""
    if number is None:
        row = await db.fetchrow(FIND_FILE, owner_id, file_id)
    else:
        row = await db.fetchrow(FIND_FILE_VERSION, owner_id, file_id, number)
    return None if row is None else File(**row)


async def list_files(db: Connection | Pool, owner_id: UUID, listing: Listing) -> list[File]:
    """One page of a person's files; keyset paging, so no page is ever counted."""
    rows = await db.fetch(
        LISTS[listing.sort, listing.order],
        owner_id,
        listing.folder,
        listing.pattern,
        listing.trashed,
        listing.limit,
        *(listing.after or (None, None)),
    )
    return [File(**row) for row in rows]


async def change_file(db: Connection | Pool, caller: Caller, change: Change) -> bool:
    """Rename or move; False when it is gone, or not at the expected revision; FILE_EXISTS."""
    try:
        changed = await db.fetchval(
            CHANGE_FILE,
            change.owner_id,
            change.file_id,
            change.name,
            change.folder,
            change.revision,
            caller.user_id,
            caller.ip,
            caller.place.city,
        )
    except UniqueViolationError as error:
        raise MeridianError(FILE_EXISTS) from error
    return changed is not None
