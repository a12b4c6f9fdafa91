"""Passkeys of users: public keys, named, with the count of their uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool

COLUMNS: Final = """passkeys.id, passkeys.user_id, passkeys.name, passkeys.credential_id,
    passkeys.public_key, passkeys.transports, passkeys.is_synced, passkeys.created_at,
    passkeys.last_used_at, passkeys.cloned_at"""

INSERT_PASSKEY: Final = f"""
INSERT INTO auth.passkeys
    (user_id, name, credential_id, public_key, sign_count, transports, is_synced)
SELECT $1, $2, $3, $4, $5, $6, $7
WHERE (SELECT count(*) FROM auth.passkeys WHERE user_id = $1) < $8
RETURNING {COLUMNS}
"""
LIST_PASSKEYS: Final = f"""
SELECT {COLUMNS} FROM auth.passkeys WHERE user_id = $1
ORDER BY created_at DESC, id DESC LIMIT $2
"""
LIST_PASSKEYS_AFTER: Final = f"""
SELECT {COLUMNS} FROM auth.passkeys WHERE user_id = $1 AND (created_at, id) < ($3, $4::uuid)
ORDER BY created_at DESC, id DESC LIMIT $2
"""
FIND_BY_CREDENTIAL: Final = f"SELECT {COLUMNS} FROM auth.passkeys WHERE credential_id = $1"
FIND_PASSKEY: Final = f"SELECT {COLUMNS} FROM auth.passkeys WHERE id = $1 AND user_id = $2"
RENAME_PASSKEY: Final = f"""
UPDATE auth.passkeys SET name = $3 WHERE id = $1 AND user_id = $2 RETURNING {COLUMNS}
"""
DELETE_PASSKEY: Final = """
DELETE FROM auth.passkeys WHERE id = $1 AND user_id = $2 RETURNING id
"""
# An authenticator that counts at all counts every use; one that does not always says 0.
COUNT_USE: Final = """
UPDATE auth.passkeys SET sign_count = $2, last_used_at = now(), is_synced = $3
WHERE id = $1 AND (sign_count < $2 OR ($2 = 0 AND sign_count = 0))
RETURNING id
"""
NOTE_CLONE: Final = """
UPDATE auth.passkeys SET cloned_at = COALESCE(cloned_at, now()) WHERE id = $1 RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey; with `cloned_at` its count went backwards then, as it does for a copy."""

    id: UUID
    user_id: UUID
    name: str
    credential_id: bytes
    public_key: bytes
    transports: list[str]
    is_synced: bool
    created_at: datetime
    last_used_at: datetime | None
    cloned_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey to be."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: Sequence[str]
    is_synced: bool


async def insert_passkey(
    db: Connection | Pool, user_id: UUID, name: str, new: NewPasskey, most: int
) -> Passkey | None:
    """Add a passkey; None when the user has the most of them.

    UniqueViolationError for one that is known.
    """
    row = await db.fetchrow(
        INSERT_PASSKEY,
        user_id,
        name,
        new.credential_id,
        new.public_key,
        new.sign_count,
        list(new.transports),
        new.is_synced,
        most,
    )
    return None if row is None else Passkey(**row)


async def list_passkeys(
    db: Connection | Pool, user_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> list[Passkey]:
    """Passkeys of a user, newest first."""
    statement = LIST_PASSKEYS_AFTER if after else LIST_PASSKEYS
    rows = await db.fetch(statement, user_id, limit, *(after or ()))
    return [Passkey(**row) for row in rows]


async def find_by_credential(db: Connection | Pool, credential_id: bytes) -> Passkey | None:
    """The passkey that a browser shows."""
    row = await db.fetchrow(FIND_BY_CREDENTIAL, credential_id)
    return None if row is None else Passkey(**row)


async def find_passkey(db: Connection | Pool, passkey_id: UUID, user_id: UUID) -> Passkey | None:
    """One passkey of a user."""
    row = await db.fetchrow(FIND_PASSKEY, passkey_id, user_id)
    return None if row is None else Passkey(**row)


async def rename_passkey(
    db: Connection | Pool, passkey_id: UUID, user_id: UUID, name: str
) -> Passkey | None:
    """Give a passkey another name; None when the user has none of this id."""
    row = await db.fetchrow(RENAME_PASSKEY, passkey_id, user_id, name)
    return None if row is None else Passkey(**row)


async def delete_passkey(db: Connection | Pool, passkey_id: UUID, user_id: UUID) -> bool:
    """Delete a passkey; False when the user has none of this id."""
    return await db.fetchval(DELETE_PASSKEY, passkey_id, user_id) is not None


async def count_use(
    db: Connection | Pool, passkey_id: UUID, sign_count: int, *, is_synced: bool
) -> bool:
    """Note a use; False when the count did not grow."""
    return await db.fetchval(COUNT_USE, passkey_id, sign_count, is_synced) is not None


async def note_clone(db: Connection | Pool, passkey_id: UUID) -> bool:
    """Note that there seem to be two of a passkey; False when there is none any more."""
    return await db.fetchval(NOTE_CLONE, passkey_id) is not None
