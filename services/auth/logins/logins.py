"""Logins: the history of attempts, good and bad."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime
    from ipaddress import IPv4Address, IPv6Address
    from uuid import UUID

    from services.auth.sessions.sessions import Device
    from shared.db import Connection, Pool

COLUMNS: Final = """logins.id, logins.outcome, logins.session_id, logins.user_agent, logins.ip,
    logins.city, logins.country, logins.latitude, logins.longitude, logins.created_at"""

INSERT_LOGIN: Final = """
INSERT INTO auth.logins (user_id, outcome, user_agent, ip, city, country, latitude, longitude)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
LIST_LOGINS: Final = f"""
SELECT {COLUMNS} FROM auth.logins WHERE user_id = $1
ORDER BY created_at DESC, id DESC LIMIT $2
"""
LIST_LOGINS_AFTER: Final = f"""
SELECT {COLUMNS} FROM auth.logins WHERE user_id = $1 AND (created_at, id) < ($3, $4::uuid)
ORDER BY created_at DESC, id DESC LIMIT $2
"""
KEEP_MONTHS: Final = "SELECT auth.keep_login_months($1, $2)"

MONTHS_AHEAD: Final = 2


class Outcome(StrEnum):
    """How an attempt ended."""

    SUCCESS = "success"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105
    TOTP_REQUIRED = "totp_required"
    WRONG_CODE = "wrong_code"
    PASSWORD_TOO_SHORT = "password_too_short"  # noqa: S105
    WRONG_PASSKEY = "wrong_passkey"
    PASSKEY_CLONED = "passkey_cloned"
    UNKNOWN_USER = "unknown_user"
    DISABLED = "disabled"
    CREDENTIALS_CHANGED = "credentials_changed"


@dataclass(frozen=True, slots=True)
class Login:
    """One attempt; `session_id` only of a good one, the place only where it is known."""

    id: UUID
    outcome: str
    session_id: UUID | None
    user_agent: str
    ip: IPv4Address | IPv6Address | None
    city: str | None
    country: str | None
    latitude: float | None
    longitude: float | None
    created_at: datetime


async def insert_refused_login(
    db: Connection | Pool, user_id: UUID | None, outcome: Outcome, device: Device
) -> None:
    """Note an attempt that failed; no user for a name that nobody has."""
    await db.execute(INSERT_LOGIN, user_id, outcome, *device.columns)


async def list_logins(
    db: Connection | Pool, user_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> list[Login]:
    """Attempts on one account, newest first."""
    statement = LIST_LOGINS_AFTER if after else LIST_LOGINS
    rows = await db.fetch(statement, user_id, limit, *(after or ()))
    return [Login(**row) for row in rows]


async def keep_login_months(db: Connection | Pool, months: int) -> None:
    """Make room for the next months, and drop what is older than these months; 0 keeps all."""
    await db.execute(KEEP_MONTHS, MONTHS_AHEAD, months)
