"""TOTP of users: a sealed secret each, set up first and confirmed by a code of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool

# A factor that counts is not set up again before it was removed.
BEGIN_TOTP: Final = """
INSERT INTO auth.totp AS known (user_id, secret) VALUES ($1, $2)
ON CONFLICT (user_id) DO UPDATE SET secret = EXCLUDED.secret, created_at = now()
WHERE known.confirmed_at IS NULL
RETURNING user_id
"""
FIND_TOTP: Final = """
SELECT secret, confirmed_at, (
    SELECT count(*) FROM auth.recovery_codes WHERE user_id = $1 AND used_at IS NULL
) AS codes_left
FROM auth.totp WHERE user_id = $1
"""
# Who signs in with the password alone at this moment is not let in.
CONFIRM_TOTP: Final = """
WITH confirmed AS (
    UPDATE auth.totp SET confirmed_at = now(), last_step = $3
    WHERE user_id = $1 AND secret = $2 AND confirmed_at IS NULL
    RETURNING user_id
)
UPDATE auth.users SET credentials_version = credentials_version + 1
FROM confirmed WHERE users.id = confirmed.user_id
RETURNING users.id
"""
# The row lock lets exactly one of many with the same code through.
USE_STEP: Final = """
UPDATE auth.totp SET last_step = $2
WHERE user_id = $1 AND confirmed_at IS NOT NULL AND last_step < $2
RETURNING user_id
"""
DELETE_TOTP: Final = """
WITH removed AS (
    DELETE FROM auth.totp WHERE user_id = $1 RETURNING user_id, confirmed_at
), codes AS (
    DELETE FROM auth.recovery_codes WHERE user_id = $1
)
SELECT confirmed_at IS NOT NULL FROM removed
"""


@dataclass(frozen=True, slots=True)
class Totp:
    """The factor of a user; without `confirmed_at` it does not count yet."""

    secret: bytes
    confirmed_at: datetime | None
    codes_left: int


async def begin_totp(db: Connection | Pool, user_id: UUID, secret: bytes) -> bool:
    """Store a sealed secret to be confirmed; False when a confirmed one is there."""
    return await db.fetchval(BEGIN_TOTP, user_id, secret) is not None


async def find_totp(db: Connection | Pool, user_id: UUID) -> Totp | None:
    """The factor of a user, confirmed or not."""
    row = await db.fetchrow(FIND_TOTP, user_id)
    return None if row is None else Totp(**row)


async def confirm_totp(db: Connection, user_id: UUID, secret: bytes, step: int) -> bool:
    """Let the factor count; False when it does already, or has another secret."""
    return await db.fetchval(CONFIRM_TOTP, user_id, secret, step) is not None


async def use_step(db: Connection | Pool, user_id: UUID, step: int) -> bool:
    """Use a code up; False for one that was used, or is older than one that was."""
    return await db.fetchval(USE_STEP, user_id, step) is not None


async def delete_totp(db: Connection | Pool, user_id: UUID) -> bool:
    """Remove the factor and its recovery codes; False when none counted."""
    return await db.fetchval(DELETE_TOTP, user_id) is True
