"""Reset links: one by hand and one by mail a person, stored as SHA-256."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from shared.batches import in_batches

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool

# Whoever changes the address or the password holds the user, and ends the link; a link is made
# before that or after it.
REPLACE_RESET: Final = """
INSERT INTO auth.resets (token_hash, user_id, expires_at, is_mailed)
SELECT $1, users.id, now() + make_interval(secs => $3), $5::text IS NOT NULL FROM auth.users
WHERE users.id = $2 AND users.is_active AND ($5::text IS NULL OR users.email_key = $5)
FOR NO KEY UPDATE OF users
ON CONFLICT (user_id, is_mailed) DO UPDATE SET token_hash = EXCLUDED.token_hash,
    created_at = now(), expires_at = EXCLUDED.expires_at
WHERE $4::float8 = 0 OR resets.created_at < now() - make_interval(secs => $4)
RETURNING expires_at
"""
FIND_ADDRESSEE: Final = """
SELECT id AS user_id, username, email, email_key FROM auth.users WHERE email_key = $1 AND is_active
"""
FIND_RESET: Final = """
SELECT users.id AS user_id,
    ARRAY[users.username, users.email, users.first_name, users.last_name] AS own_names,
    EXISTS (
        SELECT FROM auth.totp WHERE totp.user_id = users.id AND totp.confirmed_at IS NOT NULL
    ) AS has_totp
FROM auth.resets JOIN auth.users ON users.id = resets.user_id
WHERE resets.token_hash = $1 AND resets.expires_at > now() AND users.is_active
"""
USE_RESET: Final = """
DELETE FROM auth.resets WHERE token_hash = $1 AND expires_at > now() RETURNING user_id
"""
END_RESETS: Final = "DELETE FROM auth.resets WHERE user_id = $1"
SET_HASH: Final = """
UPDATE auth.users
SET password_hash = $2, credentials_version = credentials_version + 1, updated_at = now()
WHERE id = $1 AND is_active RETURNING id
"""
DELETE_EXPIRED: Final = """
DELETE FROM auth.resets WHERE token_hash IN (
    SELECT token_hash FROM auth.resets WHERE expires_at < now() LIMIT $1)
RETURNING token_hash
"""


@dataclass(frozen=True, slots=True)
class Reset:
    """Whose password a link is for."""

    user_id: UUID
    own_names: list[str]
    has_totp: bool


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a link is sent to."""

    user_id: UUID
    username: str
    email: str
    email_key: str


async def replace_reset(
    db: Connection, user_id: UUID, token_hash: bytes, seconds: float
) -> datetime | None:
    """Store a link that is given by hand in place of the last such; until when it is good."""
    values = (token_hash, user_id, seconds, 0, None)
    until: datetime | None = await db.fetchval(REPLACE_RESET, *values)
    return until


async def replace_mailed(
    db: Connection, to: Addressee, token_hash: bytes, seconds: float, rest: float
) -> bool:
    """Store a link that is mailed in place of the last such.

    False when that one is younger than `rest` seconds, or the address is not the user's any more.
    """
    values = (token_hash, to.user_id, seconds, rest, to.email_key)
    return await db.fetchval(REPLACE_RESET, *values) is not None


async def find_addressee(db: Connection | Pool, email_key: str) -> Addressee | None:
    """Whose address this is, if they may sign in."""
    row = await db.fetchrow(FIND_ADDRESSEE, email_key)
    return None if row is None else Addressee(**row)


async def find_reset(db: Connection | Pool, token_hash: bytes) -> Reset | None:
    """Whom a link that is still good belongs to."""
    row = await db.fetchrow(FIND_RESET, token_hash)
    return None if row is None else Reset(**row)


async def use_reset(db: Connection, token_hash: bytes) -> bool:
    """Use a link up; False when somebody else has."""
    return await db.fetchval(USE_RESET, token_hash) is not None


async def end_resets(db: Connection, user_id: UUID) -> None:
    """Let the links of a user be good no more: the password or the address is another one now."""
    await db.execute(END_RESETS, user_id)


async def set_password(db: Connection, user_id: UUID, password_hash: str) -> bool:
    """Store a password, whatever there was before; False for a user who is switched off."""
    return await db.fetchval(SET_HASH, user_id, password_hash) is not None


async def delete_expired_resets(db: Connection | Pool) -> None:
    """Delete links that are of no use any more."""
    await in_batches(db, DELETE_EXPIRED)
