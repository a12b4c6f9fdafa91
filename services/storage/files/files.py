"""Files as their owners see them: a name in a folder, with its current version."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from services.storage.files.found import FOUND_FILE
from services.storage.files.paths import PLACES
from services.storage.files.spread import SPREAD, Spread, read_spread

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool

# Ready on so many servers, a file survives the loss of any one.
DURABLE_COPIES: Final = 2
# What the owner may: everything.
OWNER: Final = "owner"
# What goes back to the bytes as the client sent them, not only to a later reading.
CLIENT_PROOFS: Final = frozenset(("sha256", "etag"))

LOCK_FILE: Final = """
SELECT id FROM storage.files WHERE owner_id = $1 AND id = $2 FOR UPDATE
"""
# What `page` takes of storage.files.
PAGE_COLUMNS: Final = """id, owner_id, folder_id, name, name_key, size, current_version_id,
    current_number, versions_made, revision, created_at, updated_at, trashed_at"""
# $3 a number: that of stored bytes, or the one under which they were made current again. Behind
# `found`.
HAS_NUMBER: Final = """
(versions.number = $3 OR versions.id = (
    SELECT version_id FROM found JOIN storage.restored_versions AS again
        ON again.owner_id = found.owner_id AND again.file_id = found.id
    WHERE again.number = $3))
"""
# Behind `page` and `places`. What is below a deleted folder is not there any more.
VIEW: Final = f"""
SELECT page.id, page.owner_id, page.folder_id, COALESCE(places.path, '/') AS folder, page.name,
    page.name_key, page.revision, page.created_at, page.updated_at,
    COALESCE(page.trashed_at, places.trashed_at) AS trashed_at,
    versions.id AS version_id, {{number}} AS version, versions.size, versions.content_type,
    versions.sha256, versions.proof, versions.state,
    {SPREAD} AS spread,
    CASE WHEN page.versions_made = 1 THEN (versions.state = 'STORED')::integer ELSE
        (SELECT count(*) FROM storage.versions AS one WHERE one.owner_id = page.owner_id
            AND one.file_id = page.id AND one.state = 'STORED')
        + (SELECT count(*) FROM storage.restored_versions AS again
            WHERE again.owner_id = page.owner_id AND again.file_id = page.id)
    END AS versions{{reach}}
FROM page
JOIN storage.versions ON versions.owner_id = page.owner_id AND {{version}}
LEFT JOIN places ON places.owner_id = page.owner_id AND places.folder_id = page.folder_id
WHERE places.deleted_at IS NULL
"""
# How a page is joined: with the current versions, or with the one that has the number $3.
CURRENT: Final = MappingProxyType(
    {
        "version": "versions.id = page.current_version_id",
        "number": "COALESCE(NULLIF(page.current_number, 0), versions.number)",
        "reach": "",
    }
)
# What is beside a file that was found for somebody, of others or of their own.
REACH: Final = MappingProxyType(
    {"reach": ", page.access, page.top_id, page.root_id, page.seen_as"},
)
FIND: Final = f"""
WITH RECURSIVE {FOUND_FILE}, page AS MATERIALIZED (
    SELECT {PAGE_COLUMNS}, access, top_id, root_id, seen_as
    FROM found JOIN storage.files USING (owner_id, id) WHERE deleted_at IS NULL
), {PLACES} {VIEW}
"""
FIND_FILE: Final = FIND.format(**CURRENT | REACH)
NUMBERED: Final = {"version": "versions.file_id = page.id", "number": "$3::integer"}
FIND_FILE_VERSION: Final = f"""
{FIND.format(**CURRENT | REACH | NUMBERED)}
    AND {HAS_NUMBER} AND versions.state IN ('PENDING', 'STORED')
"""


# Lists make many, so it is not frozen, and made of the columns of VIEW by their order.
@dataclass(slots=True)
class File:
    """A file with its current version; `spread` is what SPREAD tells of its copies.

    `folder` is the path of its folder; `trashed_at` also when it is a folder that is in the trash.
    `access` is the caller's. Of another's file `top_id` is the outermost folder that is shared with
    the caller, `root_id` the outermost they may write to, and `seen_as` what they see of `folder`.
    """

    id: UUID
    owner_id: UUID
    folder_id: UUID | None
    folder: str
    name: str
    name_key: str
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
    spread: str | None
    versions: int
    access: str = OWNER
    top_id: UUID | None = None
    root_id: UUID | None = None
    seen_as: str | None = None

    @property
    def copies(self) -> Spread:
        """On how many servers it is, and in which state."""
        return read_spread(self.spread)

    @property
    def is_durable(self) -> bool:
        """Whether it survives the loss of any server, with the bytes that the client sent."""
        return self.copies.verified >= DURABLE_COPIES and self.proof in CLIENT_PROOFS


async def find_file(
    db: Connection | Pool, user_id: UUID, file_id: UUID, number: int | None = None
) -> File | None:
    """One file of a person, or shared with them, with its current or that version."""
    if number is None:
        row = await db.fetchrow(FIND_FILE, user_id, file_id)
    else:
        row = await db.fetchrow(FIND_FILE_VERSION, user_id, file_id, number)
    return None if row is None else File(*row)
