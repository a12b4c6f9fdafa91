"""Links that confirm an address: one a person, stored as SHA-256."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.batches import in_batches

if TYPE_CHECKING:
    from uuid import UUID

    from shared.db import Connection, Pool

REPLACE_CONFIRMATION: Final = """
INSERT INTO auth.confirmations (token_hash, user_id, email_key, expires_at)
SELECT $1, users.id, users.email_key, now() + make_interval(secs => $4) FROM auth.users
WHERE users.id = $2 AND users.email_key = $3
    AND users.is_active AND users.email_confirmed_at IS NULL
ON CONFLICT (user_id) DO UPDATE SET token_hash = EXCLUDED.token_hash,
    email_key = EXCLUDED.email_key, expires_at = EXCLUDED.expires_at
RETURNING user_id
"""
FIND_CONFIRMATION: Final = """
SELECT user_id FROM auth.confirmations WHERE token_hash = $1 AND expires_at > now()
"""
USE_CONFIRMATION: Final = """
WITH used AS (
    DELETE FROM auth.confirmations WHERE token_hash = $1 AND expires_at > now()
    RETURNING user_id, email_key
)
UPDATE auth.users SET email_confirmed_at = now()
FROM used
WHERE users.id = used.user_id AND users.email_key = used.email_key AND users.is_active
RETURNING users.email
"""
DELETE_EXPIRED: Final = """
DELETE FROM auth.confirmations WHERE token_hash IN (
    SELECT token_hash FROM auth.confirmations WHERE expires_at < now() LIMIT $1)
RETURNING token_hash
"""


async def replace_confirmation(
    db: Connection | Pool, user_id: UUID, email_key: str, token_hash: bytes, seconds: float
) -> bool:
    """Store a link in place of the last one; False where there is nothing to confirm any more."""
    values = (token_hash, user_id, email_key, seconds)
    return await db.fetchval(REPLACE_CONFIRMATION, *values) is not None


async def find_confirmation(db: Connection | Pool, token_hash: bytes) -> UUID | None:
    """Whom a link belongs to that is still good."""
    user_id: UUID | None = await db.fetchval(FIND_CONFIRMATION, token_hash)
    return user_id


async def use_confirmation(db: Connection, token_hash: bytes) -> str | None:
    """Use a link up: which address is confirmed now; None when it is not the owner's any more."""
    email: str | None = await db.fetchval(USE_CONFIRMATION, token_hash)
    return email


async def delete_expired_confirmations(db: Connection | Pool) -> None:
    """Delete links that are of no use any more."""
    await in_batches(db, DELETE_EXPIRED)
