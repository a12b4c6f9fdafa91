"""Links as their owners see them, and what administrators allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from shared.errors import LINK_NOT_FOUND, MeridianError

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool

COLUMNS: Final = """links.owner_id, links.id, links.name, links.file_id, links.folder_id,
    links.version, links.password_hash IS NOT NULL AS has_password, links.max_downloads,
    links.downloads, links.wrong_passwords, links.expires_at, links.last_opened_at, links.revision,
    links.created_at, COALESCE((
        SELECT files.name FROM storage.files WHERE files.owner_id = links.owner_id
            AND files.id = links.file_id AND files.deleted_at IS NULL AND files.trashed_at IS NULL
    ), (
        SELECT folders.name FROM storage.folders WHERE folders.owner_id = links.owner_id
            AND folders.id = links.folder_id
            AND folders.deleted_at IS NULL AND folders.trashed_at IS NULL
    )) AS target_name"""

INSERT_LINK: Final = f"""
INSERT INTO storage.links (owner_id, token_hash, file_id, folder_id, version, name, password_hash,
    max_downloads, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING {COLUMNS}
"""
FIND_LINK: Final = f"""
SELECT {COLUMNS} FROM storage.links WHERE owner_id = $1 AND id = $2 AND revoked_at IS NULL
"""
# $1 owner, $2 limit, $3 the last id of the page before; ids sort by time.
LIST_LINKS: Final = f"""
SELECT {COLUMNS} FROM storage.links WHERE owner_id = $1 AND revoked_at IS NULL
    AND id < COALESCE($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
ORDER BY id DESC LIMIT $2
"""
LIST_LINKS_OF_FILE: Final = f"""
SELECT {COLUMNS} FROM storage.links WHERE owner_id = $1 AND file_id = $4 AND revoked_at IS NULL
    AND id < COALESCE($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
ORDER BY id DESC LIMIT $2
"""
LIST_LINKS_OF_FOLDER: Final = f"""
SELECT {COLUMNS} FROM storage.links WHERE owner_id = $1 AND folder_id = $4 AND revoked_at IS NULL
    AND id < COALESCE($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
ORDER BY id DESC LIMIT $2
"""
CHANGE_LINK: Final = f"""
UPDATE storage.links SET name = $3, expires_at = $4, max_downloads = $5,
    password_hash = CASE WHEN $6 THEN $7 ELSE password_hash END,
    password_number = password_number + $6::integer,
    revision = revision + 1, updated_at = now()
WHERE owner_id = $1 AND id = $2 AND revoked_at IS NULL AND revision = $8 RETURNING {COLUMNS}
"""
REVOKE_LINK: Final = f"""
UPDATE storage.links SET revoked_at = now(), updated_at = now(), revision = revision + 1
WHERE owner_id = $1 AND id = $2 AND revoked_at IS NULL RETURNING {COLUMNS}
"""
REVOKE_ALL: Final = f"""
UPDATE storage.links SET revoked_at = now(), updated_at = now(), revision = revision + 1
WHERE owner_id = $1 AND revoked_at IS NULL RETURNING {COLUMNS}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link to a file, perhaps pinned to one of its versions, or to a folder."""

    owner_id: UUID
    id: UUID
    name: str
    file_id: UUID | None
    folder_id: UUID | None
    version: int | None
    has_password: bool
    max_downloads: int | None
    downloads: int
    wrong_passwords: int
    expires_at: datetime | None
    last_opened_at: datetime | None
    revision: int
    created_at: datetime
    # None while what it leads to is in the trash, or gone.
    target_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a link leads to: a file, perhaps at one of its versions, or a folder.

    Lists know one without either: all that is its owner's.
    """

    owner_id: UUID
    file_id: UUID | None = None
    folder_id: UUID | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a link may be used; `password_hash` counts only where `sets_password`."""

    name: str
    expires_at: datetime | None
    max_downloads: int | None
    sets_password: bool
    password_hash: str | None


async def insert_link(
    db: Connection | Pool, token_hash: bytes, target: Target, terms: Terms
) -> Link:
    """Add a link; only the hash of its token is kept."""
    row = await db.fetchrow(
        INSERT_LINK,
        target.owner_id,
        token_hash,
        target.file_id,
        target.folder_id,
        target.version,
        terms.name,
        terms.password_hash,
        terms.max_downloads,
        terms.expires_at,
    )
    assert row is not None
    return Link(**row)


async def get_link(db: Connection | Pool, owner_id: UUID, link_id: UUID) -> Link:
    """One link of a person that was not revoked; LINK_NOT_FOUND."""
    row = await db.fetchrow(FIND_LINK, owner_id, link_id)
    if row is None:
        raise MeridianError(LINK_NOT_FOUND)
    return Link(**row)


async def list_links(
    db: Connection | Pool, target: Target, before: UUID | None, limit: int
) -> list[Link]:
    """The links to one file or folder, or all of a person, newest first."""
    thing = target.file_id or target.folder_id
    if thing is None:
        rows = await db.fetch(LIST_LINKS, target.owner_id, limit, before)
    else:
        statement = LIST_LINKS_OF_FOLDER if target.file_id is None else LIST_LINKS_OF_FILE
        rows = await db.fetch(statement, target.owner_id, limit, before, thing)
    return [Link(**row) for row in rows]


async def update_link(db: Connection | Pool, link: Link, terms: Terms) -> Link | None:
    """Give a link other terms; None when it was changed or revoked since it was read."""
    row = await db.fetchrow(
        CHANGE_LINK,
        link.owner_id,
        link.id,
        terms.name,
        terms.expires_at,
        terms.max_downloads,
        terms.sets_password,
        terms.password_hash,
        link.revision,
    )
    return None if row is None else Link(**row)


async def revoke_link(db: Connection | Pool, owner_id: UUID, link_id: UUID) -> Link | None:
    """End a link for good; None when there is none."""
    row = await db.fetchrow(REVOKE_LINK, owner_id, link_id)
    return None if row is None else Link(**row)


async def revoke_links(db: Connection | Pool, owner_id: UUID) -> list[Link]:
    """End all links of a person; return them."""
    return [Link(**row) for row in await db.fetch(REVOKE_ALL, owner_id)]
