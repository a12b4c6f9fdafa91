"""Sessions: signed-in devices, each with one family of refresh tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from shared.batches import in_batches

if TYPE_CHECKING:
    from datetime import datetime
    from ipaddress import IPv4Address, IPv6Address
    from uuid import UUID

    from services.auth.attempts.known_devices import KnownDevice
    from shared.db import Connection, Pool
    from shared.geo import Place

COLUMNS: Final = """sessions.id, sessions.user_agent, sessions.ip, sessions.city,
    sessions.country, sessions.latitude, sessions.longitude,
    sessions.created_at, sessions.last_seen_at"""

# Session, first token and history entry begin together; a user who was disabled meanwhile, or
# whose credentials changed, gets none. FOR SHARE waits for such a change that is under way.
INSERT_SESSION: Final = """
WITH opened AS (
    INSERT INTO auth.sessions (user_id, method, user_agent, ip, city, country, latitude, longitude)
    SELECT users.id, $3, $6, $7, $8, $9, $10, $11 FROM auth.users
    WHERE users.id = $1 AND users.is_active AND users.credentials_version = $2
    FOR SHARE OF users
    RETURNING *
), token AS (
    INSERT INTO auth.refresh_tokens (token_hash, session_id, expires_at)
    SELECT $4, opened.id, now() + make_interval(secs => $5) FROM opened
), login AS (
    INSERT INTO auth.logins (user_id, session_id, outcome,
        user_agent, ip, city, country, latitude, longitude)
    SELECT user_id, id, 'success', user_agent, ip, city, country, latitude, longitude FROM opened
)
SELECT opened.id FROM opened
"""
LEFT: Final = "logout"  # the end of a session that its owner left, at that device
# Whoever holds the user for a change has looked at the session: it ends after that.
END_SESSION: Final = """
UPDATE auth.sessions SET ended_at = now(), end_reason = $3
WHERE id = $1 AND ended_at IS NULL
    AND user_id = (SELECT users.id FROM auth.users WHERE users.id = $2 FOR SHARE)
RETURNING id
"""
END_SESSIONS: Final = """
UPDATE auth.sessions SET ended_at = now(), end_reason = $2
WHERE user_id = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $3 RETURNING id
"""
# Who left before may have been a thief: they are known no more either, by their place or device.
FORGET_LEFT: Final = f"""
UPDATE auth.sessions SET end_reason = $2 WHERE user_id = $1 AND end_reason = '{LEFT}'
"""
# A session without any refresh token cannot go on. It tells known places for 30 days.
DELETE_OLD: Final = """
DELETE FROM auth.sessions WHERE id IN (
    SELECT id FROM auth.sessions
    WHERE GREATEST(last_seen_at, ended_at)
            < now() - GREATEST(make_interval(secs => $1), interval '30 days')
        AND NOT EXISTS (
            SELECT FROM auth.refresh_tokens WHERE refresh_tokens.session_id = sessions.id)
    LIMIT $2)
RETURNING 1
"""
IS_LIVE: Final = """
SELECT EXISTS (
    SELECT FROM auth.sessions JOIN auth.users ON users.id = sessions.user_id
    WHERE sessions.id = $1 AND users.id = $2 AND sessions.ended_at IS NULL AND users.is_active)
"""
LIST_SESSIONS: Final = f"""
SELECT {COLUMNS} FROM auth.sessions
WHERE user_id = $1 AND ended_at IS NULL AND last_seen_at > now() - make_interval(secs => $5)
    AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
ORDER BY created_at DESC, id DESC LIMIT $4
"""


@dataclass(frozen=True, slots=True)
class Device:
    """Where a request comes from; `known` when somebody has signed in with it before."""

    user_agent: str
    ip: IPv4Address | IPv6Address
    place: Place
    known: KnownDevice | None = None

    @property
    def columns(self) -> tuple[object, ...]:
        """What is stored of it: user_agent, ip, city, country, latitude, longitude."""
        place = self.place
        where = (place.city, place.country, place.latitude, place.longitude)
        return self.user_agent, self.ip, *where


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session to be: of whom, as which version of their credentials, how and from where."""

    user_id: UUID
    credentials_version: int
    method: str
    device: Device


@dataclass(frozen=True, slots=True)
class Session:
    """A session as its owner sees it; `city` only where the address could be placed."""

    id: UUID
    user_agent: str
    ip: IPv4Address | IPv6Address | None
    city: str | None
    country: str | None
    latitude: float | None
    longitude: float | None
    created_at: datetime
    last_seen_at: datetime


async def insert_session(
    db: Connection | Pool, new: NewSession, token_hash: bytes, life: float
) -> UUID | None:
    """Begin a session with its first refresh token of `life` seconds.

    None for a user who is disabled, or whose credentials have another version by now.
    """
    session_id: UUID | None = await db.fetchval(
        INSERT_SESSION,
        new.user_id,
        new.credentials_version,
        new.method,
        token_hash,
        life,
        *new.device.columns,
    )
    return session_id


async def end_session(db: Connection | Pool, session_id: UUID, user_id: UUID, reason: str) -> bool:
    """End one session of a user; False when there is no such live one."""
    return await db.fetchval(END_SESSION, session_id, user_id, reason) is not None


async def end_sessions(
    db: Connection | Pool, user_id: UUID, reason: str, spare: UUID | None = None
) -> list[UUID]:
    """End the sessions of a user except the spared one; return those ended."""
    return [row["id"] for row in await db.fetch(END_SESSIONS, user_id, reason, spare)]


async def forget_left(db: Connection, user_id: UUID, reason: str) -> None:
    """Give the sessions that a user had left another reason of their end."""
    await db.execute(FORGET_LEFT, user_id, reason)


async def is_live(db: Connection | Pool, session_id: UUID, user_id: UUID) -> bool:
    """Tell whether a session of a user goes on."""
    live: bool = await db.fetchval(IS_LIVE, session_id, user_id)
    return live


async def delete_old_sessions(db: Connection | Pool, life: float) -> None:
    """Delete those that nobody can use any more for `life` seconds."""
    await in_batches(db, DELETE_OLD, life)


async def list_sessions(
    db: Connection | Pool,
    user_id: UUID,
    after: tuple[datetime, UUID] | None,
    limit: int,
    life: float,
) -> list[Session]:
    """Sessions of a user that were seen within `life` seconds and not ended, newest first."""
    rows = await db.fetch(LIST_SESSIONS, user_id, *(after or (None, None)), limit, life)
    return [Session(**row) for row in rows]
