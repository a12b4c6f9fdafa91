"""What administrators allow of links: one row for all people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

from shared.errors import LINKS_OFF, VALIDATION_FAILED, MeridianError

if TYPE_CHECKING:
    from shared.db import Connection, Pool

FIND_SETTINGS: Final = """
SELECT public, longest_lifetime_seconds, password_required FROM storage.link_settings
"""
UPDATE_SETTINGS: Final = """
UPDATE storage.link_settings
SET public = $1, longest_lifetime_seconds = $2, password_required = $3
"""
NEVER: Final = datetime.max.replace(tzinfo=UTC)


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


class Made(Protocol):
    """A link or a request as it is before it gets other terms."""

    @property
    def created_at(self) -> datetime:
        """Since when there is one."""

    @property
    def expires_at(self) -> datetime | None:
        """Until when it works; None: for ever."""


async def refuse_forbidden(
    db: Connection | Pool,
    expires_at: datetime | None,
    *,
    has_password: bool,
    before: Made | None = None,
) -> None:
    """Refuse terms that administrators do not allow; LINKS_OFF, VALIDATION_FAILED.

    The longest lifetime counts from when a thing was made, however often it is changed; what only
    ends sooner than before, or when it did, may always be.
    """
    settings = await get_settings(db)
    if not settings.public:
        raise MeridianError(LINKS_OFF)
    errors: dict[str, list[str]] = {}
    if settings.password_required and not has_password:
        errors["password"] = ["Links need a password here."]
    longest = settings.longest_lifetime_seconds
    if longest is not None and _lives_too_long(longest, expires_at, before):
        errors["expires_at"] = [f"Links live for at most {longest} seconds here, once made."]
    if errors:
        raise MeridianError(VALIDATION_FAILED, errors=errors, limit=longest)


def _lives_too_long(longest: int, expires_at: datetime | None, before: Made | None) -> bool:
    end = expires_at or NEVER
    made_at = datetime.now(UTC) if before is None else before.created_at
    is_later = before is None or end > (before.expires_at or NEVER)
    return is_later and end > made_at + timedelta(seconds=longest)
