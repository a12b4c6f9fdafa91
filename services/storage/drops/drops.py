"""File requests as their owners see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from services.storage.files.paths import WAY_UP
from shared.errors import DROP_NOT_FOUND, MeridianError

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool

ABOVE: Final = WAY_UP.format(owner_id="drops.owner_id", folder_id="drops.folder_id")
COLUMNS: Final = f"""drops.owner_id, drops.id, drops.folder_id, drops.title, drops.message,
    drops.password_hash IS NOT NULL AS has_password, drops.max_files, drops.max_bytes, drops.files,
    drops.bytes, drops.wrong_passwords, drops.expires_at, drops.last_received_at, drops.revision,
    drops.created_at, (
        SELECT folders.name FROM storage.folders CROSS JOIN LATERAL {ABOVE} AS above
        WHERE folders.owner_id = drops.owner_id AND folders.id = drops.folder_id
            AND above.deleted_at IS NULL AND above.trashed_at IS NULL
    ) AS folder_name"""

INSERT_DROP: Final = f"""
INSERT INTO storage.drops (owner_id, token_hash, folder_id, title, message, password_hash,
    max_files, max_bytes, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING {COLUMNS}
"""
FIND_DROP: Final = f"""
SELECT {COLUMNS} FROM storage.drops WHERE owner_id = $1 AND id = $2 AND revoked_at IS NULL
"""
# $1 owner, $2 limit, $3 the last id of the page before; ids sort by time.
LIST_DROPS: Final = f"""
SELECT {COLUMNS} FROM storage.drops WHERE owner_id = $1 AND revoked_at IS NULL
    AND id < COALESCE($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
ORDER BY id DESC LIMIT $2
"""
CHANGE_DROP: Final = f"""
UPDATE storage.drops SET title = $3, message = $4, expires_at = $5, max_files = $6, max_bytes = $7,
    password_hash = CASE WHEN $8 THEN $9 ELSE password_hash END,
    password_number = password_number + $8::integer,
    revision = revision + 1, updated_at = now()
WHERE owner_id = $1 AND id = $2 AND revoked_at IS NULL AND revision = $10 RETURNING {COLUMNS}
"""
REVOKE_DROP: Final = f"""
UPDATE storage.drops SET revoked_at = now(), updated_at = now(), revision = revision + 1
WHERE owner_id = $1 AND id = $2 AND revoked_at IS NULL RETURNING {COLUMNS}
"""
REVOKE_ALL: Final = f"""
UPDATE storage.drops SET revoked_at = now(), updated_at = now(), revision = revision + 1
WHERE owner_id = $1 AND revoked_at IS NULL RETURNING {COLUMNS}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """A file request; `files` and `bytes` count what was received and what is on its way."""

    owner_id: UUID
    id: UUID
    folder_id: UUID
    title: str
    message: str
    has_password: bool
    max_files: int | None
    max_bytes: int | None
    files: int
    bytes: int
    wrong_passwords: int
    expires_at: datetime | None
    last_received_at: datetime | None
    revision: int
    created_at: datetime
    # None while the folder is in the trash, or gone.
    folder_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is asked for; `password_hash` counts only where `sets_password`."""

    title: str
    message: str
    expires_at: datetime | None
    max_files: int | None
    max_bytes: int | None
    sets_password: bool
    password_hash: str | None


async def insert_drop(
    db: Connection | Pool, owner_id: UUID, folder_id: UUID, token_hash: bytes, terms: Terms
) -> Drop:
    """Add a request; only the hash of its token is kept."""
    row = await db.fetchrow(
        INSERT_DROP,
        owner_id,
        token_hash,
        folder_id,
        terms.title,
        terms.message,
        terms.password_hash,
        terms.max_files,
        terms.max_bytes,
        terms.expires_at,
    )
    assert row is not None
    return Drop(**row)


async def get_drop(db: Connection | Pool, owner_id: UUID, drop_id: UUID) -> Drop:
    """One request of a person that was not ended; DROP_NOT_FOUND."""
    row = await db.fetchrow(FIND_DROP, owner_id, drop_id)
    if row is None:
        raise MeridianError(DROP_NOT_FOUND)
    return Drop(**row)


async def list_drops(
    db: Connection | Pool, owner_id: UUID, before: UUID | None, limit: int
) -> list[Drop]:
    """The requests of a person, newest first."""
    rows = await db.fetch(LIST_DROPS, owner_id, limit, before)
    return [Drop(**row) for row in rows]


async def update_drop(db: Connection | Pool, drop: Drop, terms: Terms) -> Drop | None:
    """Give a request other terms; None when it was changed or ended since it was read."""
    row = await db.fetchrow(
        CHANGE_DROP,
        drop.owner_id,
        drop.id,
        terms.title,
        terms.message,
        terms.expires_at,
        terms.max_files,
        terms.max_bytes,
        terms.sets_password,
        terms.password_hash,
        drop.revision,
    )
    return None if row is None else Drop(**row)


async def revoke_drop(db: Connection | Pool, owner_id: UUID, drop_id: UUID) -> Drop | None:
    """End a request for good; None when there is none."""
    row = await db.fetchrow(REVOKE_DROP, owner_id, drop_id)
    return None if row is None else Drop(**row)


async def revoke_drops(db: Connection | Pool, owner_id: UUID) -> list[Drop]:
    """End all requests of a person; return them."""
    return [Drop(**row) for row in await db.fetch(REVOKE_ALL, owner_id)]
