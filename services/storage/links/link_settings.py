"""What administrators allow of links: one row for all people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from services.storage.links.ends import moment_of, why_not
from shared.errors import LINKS_OFF, VALIDATION_FAILED, MeridianError

if TYPE_CHECKING:
    from datetime import datetime

    from services.storage.links.ends import End, Made
    from shared.db import Connection, Pool

FIND_SETTINGS: Final = """
SELECT public, longest_lifetime_seconds, password_required FROM storage.link_settings
"""
FIND_SETTINGS_AND_TIME: Final = """
SELECT public, longest_lifetime_seconds, password_required, now() AS asked_at
FROM storage.link_settings
"""
UPDATE_SETTINGS: Final = """
UPDATE storage.link_settings
SET public = $1, longest_lifetime_seconds = $2, password_required = $3
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSettings:
    """Whether there are links at all, how long they may live, whether each needs a password."""

    public: bool
    longest_lifetime_seconds: int | None
    password_required: bool


async def get_settings(db: Connection | Pool) -> LinkSettings:
    """What is allowed now."""
    row = await db.fetchrow(FIND_SETTINGS)
    assert row is not None
    return LinkSettings(**row)


async def update_settings(db: Connection | Pool, settings: LinkSettings) -> None:
    """Allow something else; links that are there already are not changed."""
    await db.execute(
        UPDATE_SETTINGS,
        settings.public,
        settings.longest_lifetime_seconds,
        settings.password_required,
    )


async def decide_end(
    db: Connection | Pool,
    end: End | None,
    *,
    has_password: bool,
    before: Made | None = None,
) -> datetime | None:
    """When a thing ends that gets such terms; without an end it stays as before, or is for ever.

    Terms that administrators do not allow are refused; LINKS_OFF, VALIDATION_FAILED.
    """
    settings, now = await _look(db)
    if not settings.public:
        raise MeridianError(LINKS_OFF)
    expires_at = moment_of(end, now, before)
    longest = settings.longest_lifetime_seconds
    reason = why_not(expires_at, now=now, longest=longest, before=before)
    errors = {"expires_at": [reason]} if reason else {}
    if settings.password_required and not has_password:
        errors["password"] = ["Links need a password here."]
    if errors:
        facts: dict[str, Any] = {} if longest is None else {"limit": longest}
        raise MeridianError(VALIDATION_FAILED, errors=errors, **facts)
    return expires_at


async def _look(db: Connection | Pool) -> tuple[LinkSettings, datetime]:
    """What is allowed, and what time it is there."""
    row = await db.fetchrow(FIND_SETTINGS_AND_TIME)
    assert row is not None
    fields = dict(row)
    asked_at = fields.pop("asked_at")
    return LinkSettings(**fields), asked_at
