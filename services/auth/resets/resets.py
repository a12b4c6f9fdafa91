"""Reset links: one a person, stored as SHA-256."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool

REPLACE_RESET: Final = """
INSERT INTO auth.resets (token_hash, user_id, expires_at)
VALUES ($1, $2, now() + make_interval(secs => $3))
ON CONFLICT (user_id) DO UPDATE SET token_hash = EXCLUDED.token_hash,
    created_at = now(), expires_at = EXCLUDED.expires_at
WHERE $4::float8 = 0 OR resets.created_at < now() - make_interval(secs => $4)
RETURNING expires_at
"""
FIND_ADDRESSEE: Final = """
SELECT id AS user_id, username, email FROM auth.users WHERE email_key = $1 AND is_active
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
SET_HASH: Final = """
UPDATE auth.users
SET password_hash = $2, credentials_version = credentials_version + 1, updated_at = now()
WHERE id = $1 AND is_active RETURNING id
"""
DELETE_EXPIRED: Final = "DELETE FROM auth.resets WHERE expires_at < now()"


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


async def replace_reset(
    db: Connection | Pool, user_id: UUID, token_hash: bytes, seconds: float, rest: float = 0
) -> datetime | None:
    """Store a link in place of the last one; until when it is good.

    None when the last one is younger than `rest` seconds.
    """
    until: datetime | None = await db.fetchval(REPLACE_RESET, token_hash, user_id, seconds, rest)
    return until


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


async def set_password(db: Connection, user_id: UUID, password_hash: str) -> bool:
    """Store a password, whatever there was before; False for a user who is switched off."""
    return await db.fetchval(SET_HASH, user_id, password_hash) is not None


async def delete_expired_resets(db: Connection | Pool) -> None:
    """Delete links that are of no use any more."""
    await db.execute(DELETE_EXPIRED)
