"""Challenges that were answered: each works once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.batches import in_batches

if TYPE_CHECKING:
    from datetime import datetime

    from shared.db import Connection, Pool

USE_CHALLENGE: Final = """
INSERT INTO auth.used_challenges (challenge, expires_at) VALUES ($1, $2)
ON CONFLICT DO NOTHING RETURNING true
"""
DELETE_EXPIRED: Final = """
DELETE FROM auth.used_challenges WHERE challenge IN (
    SELECT challenge FROM auth.used_challenges WHERE expires_at < now() LIMIT $1)
RETURNING challenge
"""


async def use_challenge(db: Connection | Pool, challenge: bytes, expires_at: datetime) -> bool:
    """Use a challenge up; False for one that was used."""
    return await db.fetchval(USE_CHALLENGE, challenge, expires_at) is not None


async def delete_expired_challenges(db: Connection | Pool) -> None:
    """Delete the challenges that are no longer good anyway."""
    await in_batches(db, DELETE_EXPIRED)
