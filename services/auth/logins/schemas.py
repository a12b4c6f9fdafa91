"""Logins in answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import fields, validate

from services.auth.logins.logins import Outcome
from services.auth.sessions.schemas import DeviceSchema, show_device

if TYPE_CHECKING:
    from services.auth.logins.logins import Login

# An attempt with a name that nobody has is in nobody's history.
OUTCOMES = sorted(set(Outcome) - {Outcome.UNKNOWN_USER})


class LoginEntrySchema(DeviceSchema):
    """One attempt to log in to an account."""

    id = fields.UUID(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    session_id = fields.UUID(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)


def show_login(login: Login) -> dict[str, Any]:
    """Answer for an attempt."""
    return {
        "id": login.id,
        "outcome": login.outcome,
        "session_id": login.session_id,
        "created_at": login.created_at,
        **show_device(login),
    }
