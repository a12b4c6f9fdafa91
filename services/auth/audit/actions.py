"""What is written into the audit: one name for every kind of change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address
    from uuid import UUID


class Action(StrEnum):
    """A change, as `noun.verbed`."""

    USER_CREATED = "user.created"
    USER_CHANGED = "user.changed"
    USER_DELETED = "user.deleted"
    USER_RESTORED = "user.restored"
    USER_ERASED = "user.erased"
    USER_LOGGED_OUT = "user.logged_out"
    USER_ROLE_GIVEN = "user.role_given"
    USER_ROLE_TAKEN = "user.role_taken"
    EMAIL_CONFIRMED = "email.confirmed"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105
    API_TOKEN_CREATED = "api_token.created"  # noqa: S105
    API_TOKEN_REVOKED = "api_token.revoked"  # noqa: S105
    TOTP_ENABLED = "totp.enabled"
    TOTP_DISABLED = "totp.disabled"
    TOTP_TAKEN_AWAY = "totp.taken_away"
    RECOVERY_CODES_RENEWED = "recovery_codes.renewed"
    PASSKEY_ADDED = "passkey.added"
    PASSKEY_REMOVED = "passkey.removed"
    IDENTITY_LINKED = "identity.linked"
    IDENTITY_UNLINKED = "identity.unlinked"
    PROVIDER_CHANGED = "provider.changed"
    PROVIDER_REMOVED = "provider.removed"
    RESET_MADE = "reset.made"
    RESET_MAILED = "reset.mailed"
    INVITATION_CREATED = "invitation.created"
    INVITATION_DELETED = "invitation.deleted"
    ROLE_CREATED = "role.created"
    ROLE_CHANGED = "role.changed"
    ROLE_DELETED = "role.deleted"
    ROLE_PERMISSION_GIVEN = "role.permission_given"
    ROLE_PERMISSION_TAKEN = "role.permission_taken"
    PERMISSION_CREATED = "permission.created"
    PERMISSION_CHANGED = "permission.changed"
    PERMISSION_DELETED = "permission.deleted"
    KEY_CREATED = "key.created"
    KEY_DROPPED = "key.dropped"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes something, and from where; nobody for an operator at the command line."""

    id: UUID | None
    ip: IPv4Address | IPv6Address | None = None


COMMAND_LINE: Final = Actor(None)
