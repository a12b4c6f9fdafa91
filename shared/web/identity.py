"""Who is calling: what a verified access token says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aiohttp import web

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Identity:
    """The caller as the token names them; nothing here was looked up in a database.

    For an API token `session_id` is its own id, and it expires never or at the given time.
    `rights_version` tells as of which change of rights the permissions are.
    """

    user_id: UUID
    session_id: UUID
    username: str
    permissions: frozenset[str]
    is_superuser: bool
    expires_at: datetime | None
    is_api_token: bool = False
    rights_version: int = 0

    def may(self, permission: str) -> bool:
        """Tell whether the caller holds a permission; a superuser holds every one."""
        return self.is_superuser or permission in self.permissions

    def has_expired(self, now: datetime) -> bool:
        """Tell whether what the caller showed is no longer good."""
        return self.expires_at is not None and self.expires_at <= now


IDENTITY: Final = web.RequestKey("identity", Identity)


def identity_of(request: web.Request) -> Identity:
    """Return the caller of a route that is not public."""
    return request[IDENTITY]
