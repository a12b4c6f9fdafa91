"""Refresh tokens: 256 random bits, stored as SHA-256, used once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from services.auth.accounts.users import SUBJECT
from services.auth.signing.subject import Subject, read_subject
from shared.batches import in_batches
from shared.throttle.lanes import network_of

if TYPE_CHECKING:
    from uuid import UUID

    from asyncpg import Record

    from services.auth.sessions.sessions import Device
    from shared.db import Connection, Pool

# One statement: of many requests with one token the row lock lets exactly one through.
ROTATE: Final = f"""
WITH parent AS (
    UPDATE auth.refresh_tokens SET used_at = now()
    WHERE token_hash = $1 AND used_at IS NULL AND expires_at > now()
    RETURNING session_id
), seen AS (
    UPDATE auth.sessions SET last_seen_at = now(), user_agent = $4, ip = $5,
        city = $6, country = $7, latitude = $8, longitude = $9
    FROM parent, auth.users
    WHERE sessions.id = parent.session_id AND sessions.ended_at IS NULL
        AND users.id = sessions.user_id AND users.is_active
    RETURNING sessions.id, sessions.user_id
), child AS (
    INSERT INTO auth.refresh_tokens (token_hash, session_id, parent_hash, expires_at)
    SELECT $2, seen.id, $1, now() + make_interval(secs => $3) FROM seen
)
SELECT seen.id AS session_id, {SUBJECT} FROM seen JOIN auth.users ON users.id = seen.user_id
"""
# The parent of a token that nobody has used yet may come once more: within a short time from
# anywhere, within a longer one from the device that used it.
FIND_SPENT: Final = f"""
SELECT tokens.session_id, {SUBJECT},
    tokens.used_at IS NOT NULL AS was_used,
    sessions.ended_at IS NULL AND users.is_active AS is_live,
    children.token_hash AS successor_hash,
    COALESCE(children.used_at IS NULL AND children.expires_at > now()
        AND tokens.used_at > now() - make_interval(secs => CASE
            WHEN sessions.user_agent = $4 AND sessions.ip <<= $5::cidr THEN $3::float8
            ELSE $2::float8 END),
        false) AS has_grace
FROM auth.refresh_tokens AS tokens
JOIN auth.sessions ON sessions.id = tokens.session_id
JOIN auth.users ON users.id = sessions.user_id
LEFT JOIN auth.refresh_tokens AS children ON children.parent_hash = tokens.token_hash
WHERE tokens.token_hash = $1
"""
# A replayed token that expired is refused like one that never was, so its row can go.
DELETE_EXPIRED: Final = """
DELETE FROM auth.refresh_tokens WHERE token_hash IN (
    SELECT token_hash FROM auth.refresh_tokens WHERE expires_at < now() LIMIT $1)
RETURNING 1
"""


@dataclass(frozen=True, slots=True)
class Grace:
    """So many seconds after its use a token may come again, while its successor is unused."""

    anywhere: int
    same_device: int


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom a refresh token speaks for."""

    session_id: UUID
    subject: Subject


@dataclass(frozen=True, slots=True)
class SpentToken:
    """A refresh token that could not be used, and why."""

    bearer: Bearer
    was_used: bool
    is_live: bool
    has_grace: bool
    successor_hash: bytes | None


def hash_token(token: str) -> bytes:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


async def rotate(
    db: Connection | Pool, token: str, successor: str, device: Device, life: float
) -> Bearer | None:
    """Use a token up and store its successor (`life` in seconds); None when it is of no use."""
    hashes = (hash_token(token), hash_token(successor))
    row = await db.fetchrow(ROTATE, *hashes, life, *device.columns)
    return None if row is None else _bearer_of(row)


async def find_spent(
    db: Connection | Pool, token: str, grace: Grace, device: Device
) -> SpentToken | None:
    """Say why a token was of no use; None for a token we never gave out."""
    seconds = (float(grace.anywhere), float(grace.same_device))
    place = network_of(device.ip)
    row = await db.fetchrow(FIND_SPENT, hash_token(token), *seconds, device.user_agent, place)
    if row is None:
        return None
    return SpentToken(
        bearer=_bearer_of(row),
        was_used=row["was_used"],
        is_live=row["is_live"],
        has_grace=row["has_grace"],
        successor_hash=row["successor_hash"],
    )


async def delete_expired(db: Connection | Pool) -> None:
    """Delete the tokens that nobody can use any more."""
    await in_batches(db, DELETE_EXPIRED)


def _bearer_of(row: Record) -> Bearer:
    subject = read_subject(row)
    return Bearer(row["session_id"], subject)
