"""Signing keys: Ed25519, the private half encrypted at rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from datetime import datetime

    from shared.db import Connection, Pool

LOCK: Final = 0x6D65726B  # "merk": one key change at a time

LIST_KEYS: Final = """
SELECT kid, public_jwk, private_key, created_at <= now() - make_interval(secs => $1) AS is_known
FROM auth.signing_keys WHERE retired_at IS NULL OR retired_at > now()
ORDER BY created_at DESC, kid
"""
LIST_LIVES: Final = """
SELECT kid, created_at, created_at + make_interval(secs => $1) AS known_at, retired_at,
    created_at <= now() - make_interval(secs => $1) AS is_known, retired_at <= now() AS is_over
FROM auth.signing_keys ORDER BY created_at DESC, kid LIMIT $2
"""
INSERT_KEY: Final = """
INSERT INTO auth.signing_keys (kid, public_jwk, private_key) VALUES ($1, $2, $3)
"""
RETIRE_KEYS: Final = """
UPDATE auth.signing_keys SET retired_at = now() + make_interval(secs => $2)
WHERE kid <> $1 AND (retired_at IS NULL OR retired_at > now() + make_interval(secs => $2))
RETURNING kid
"""
LOCK_KEYS: Final = "SELECT pg_advisory_xact_lock($1)"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A published key; `is_known` once every verifier has had the time to read it."""

    kid: str
    public_jwk: dict[str, Any]
    private_key: bytes
    is_known: bool


@dataclass(frozen=True, slots=True)
class KeyLife:
    """When a key began, when every verifier knows it, and when it is published no more."""

    kid: str
    created_at: datetime
    known_at: datetime
    retired_at: datetime | None
    is_known: bool
    is_over: bool | None


async def list_lives(db: Connection | Pool, notice: float, limit: int) -> list[KeyLife]:
    """The newest keys, also those that are over."""
    return [KeyLife(**row) for row in await db.fetch(LIST_LIVES, notice, limit)]


async def list_keys(db: Connection | Pool, notice: float) -> list[SigningKey]:
    """Published keys, newest first; known after `notice` seconds."""
    return [SigningKey(**row) for row in await db.fetch(LIST_KEYS, notice)]


async def lock_keys(db: Connection) -> None:
    """Hold off other key changes until the transaction ends."""
    await db.execute(LOCK_KEYS, LOCK)


async def insert_key(db: Connection, key: SigningKey) -> None:
    """Publish a key."""
    await db.execute(INSERT_KEY, key.kid, key.public_jwk, key.private_key)


async def retire_others(db: Connection, kid: str, notice: float) -> list[str]:
    """Stop publishing every other key `notice` seconds from now; return their ids."""
    return [row["kid"] for row in await db.fetch(RETIRE_KEYS, kid, notice)]
