"""What somebody signs in with, and as which version of it a sign-in has seen it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from services.auth.accounts.names import sign_in_key
from services.auth.accounts.users import SUBJECT
from services.auth.sessions.sessions import LEFT
from services.auth.signing.subject import Subject, read_subject
from shared.errors import WRONG_PASSWORD, MeridianError
from shared.throttle.lanes import network_of

if TYPE_CHECKING:
    from uuid import UUID

    from asyncpg import Record

    from services.auth.sessions.sessions import Device
    from shared.db import Connection, Pool

COLUMNS: Final = f"""{SUBJECT}, users.is_active, users.password_hash, users.credentials_version,
    EXISTS (
        SELECT FROM auth.totp WHERE totp.user_id = users.id AND totp.confirmed_at IS NOT NULL
    ) AS has_totp"""

# A place from where the user was seen in the last 30 days: an address or a network. Only those who
# leave by themselves stay known: a session that was ended otherwise may have been a thief's.
FIND_BY_NAME: Final = f"""
SELECT {COLUMNS}, EXISTS (
    SELECT FROM auth.sessions
    WHERE sessions.user_id = users.id AND sessions.ip <<= $2::cidr
        AND sessions.last_seen_at > now() - interval '30 days'
        AND COALESCE(sessions.end_reason, '{LEFT}') = '{LEFT}') AS is_known_place,
    EXISTS (
        SELECT FROM auth.sessions
        WHERE sessions.id = $3 AND sessions.end_reason <> '{LEFT}') AS is_lost_device
FROM auth.users WHERE users.username_key = $1 OR users.email_key = $1
"""
FIND_BY_ID: Final = f"""
SELECT {COLUMNS}, false AS is_known_place, false AS is_lost_device
FROM auth.users WHERE users.id = $1
"""
# The password is the same, so the version is: guarded by the old hash instead.
RENEW_HASH: Final = """
UPDATE auth.users SET password_hash = $3 WHERE id = $1 AND password_hash = $2
"""
# Two changes at once cannot undo each other.
REPLACE_HASH: Final = """
UPDATE auth.users
SET password_hash = $3, credentials_version = credentials_version + 1, updated_at = now()
WHERE id = $1 AND credentials_version = $2
RETURNING id
"""
HOLD_VERSION: Final = """
SELECT id FROM auth.users WHERE id = $1 AND credentials_version = $2 FOR NO KEY UPDATE
"""
CHANGE_CREDENTIALS: Final = """
UPDATE auth.users SET credentials_version = credentials_version + 1 WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in is checked against."""

    subject: Subject
    is_active: bool
    password_hash: str | None
    version: int
    has_totp: bool = False
    is_known_place: bool = False
    is_lost_device: bool = False


async def find_credentials(
    db: Connection | Pool, name: str, device: Device | None = None
) -> Credentials | None:
    """What to check a sign-in by some device against, by username or e-mail address."""
    place = device and network_of(device.ip)
    mark = device and device.known and device.known.id
    return _read(await db.fetchrow(FIND_BY_NAME, sign_in_key(name), place, mark))


async def find_credentials_of(db: Connection | Pool, user_id: UUID) -> Credentials | None:
    """What to check a sign-in of this user against."""
    return _read(await db.fetchrow(FIND_BY_ID, user_id))


async def renew_hash(db: Connection | Pool, user_id: UUID, old_hash: str, new_hash: str) -> None:
    """Store another hash of the same password, unless it was replaced meanwhile."""
    await db.execute(RENEW_HASH, user_id, old_hash, new_hash)


async def replace_password(
    db: Connection | Pool, user_id: UUID, version: int, new_hash: str
) -> bool:
    """Store another password; False when the credentials have another version by now."""
    return await db.fetchval(REPLACE_HASH, user_id, version, new_hash) is not None


async def hold_version(db: Connection, user_id: UUID, version: int) -> None:
    """Hold a user for a change that a password allowed; WRONG_PASSWORD if credentials changed."""
    if await db.fetchval(HOLD_VERSION, user_id, version) is None:
        raise MeridianError(WRONG_PASSWORD)


async def change_credentials(db: Connection, user_id: UUID) -> None:
    """Let nobody in who was about to; other changes wait until the transaction ends."""
    await db.execute(CHANGE_CREDENTIALS, user_id)


def _read(row: Record | None) -> Credentials | None:
    if row is None:
        return None
    return Credentials(
        subject=read_subject(row),
        is_active=row["is_active"],
        password_hash=row["password_hash"],
        version=row["credentials_version"],
        has_totp=row["has_totp"],
        is_known_place=row["is_known_place"],
        is_lost_device=row["is_lost_device"],
    )
