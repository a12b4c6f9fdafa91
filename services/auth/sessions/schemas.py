"""Sessions and logins in answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, validate

from services.auth.sessions.logins import Outcome

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.sessions.logins import Login
    from services.auth.sessions.sessions import Session

# Nobody's history has a name that nobody has.
OUTCOMES = tuple(outcome for outcome in Outcome if outcome is not Outcome.UNKNOWN_USER)


class DeviceSchema(Schema):
    """Where something came from."""

    user_agent = fields.String(required=True, metadata={"example": "Mozilla/5.0"})
    ip = fields.String(required=True, allow_none=True, metadata={"example": "203.0.113.5"})
    city = fields.String(required=True, allow_none=True, metadata={"example": "Cape Town"})


class SessionSchema(DeviceSchema):
    """A device that is signed in."""

    id = fields.UUID(required=True)
    created_at = fields.AwareDateTime(required=True)
    last_seen_at = fields.AwareDateTime(required=True)
    is_current = fields.Boolean(
        required=True, metadata={"description": "the session of this very call"}
    )


class LoginEntrySchema(DeviceSchema):
    """One attempt to log in to my account."""

    id = fields.UUID(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    session_id = fields.UUID(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)


def show_session(session: Session, current: UUID) -> dict[str, Any]:
    """Answer for a session."""
    return {
        "id": session.id,
        "user_agent": session.user_agent,
        "ip": None if session.ip is None else str(session.ip),
        "city": session.city,
        "created_at": session.created_at,
        "last_seen_at": session.last_seen_at,
        "is_current": session.id == current,
    }


def show_login(login: Login) -> dict[str, Any]:
    """Answer for an attempt."""
    return {
        "id": login.id,
        "outcome": login.outcome,
        "session_id": login.session_id,
        "user_agent": login.user_agent,
        "ip": None if login.ip is None else str(login.ip),
        "city": login.city,
        "created_at": login.created_at,
    }
