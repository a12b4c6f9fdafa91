"""Sessions in answers, and where they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields

from services.auth.sessions.device_names import name_device

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.logins.logins import Login
    from services.auth.sessions.sessions import Session


class DeviceSchema(Schema):
    """Where something came from."""

    user_agent = fields.String(required=True, metadata={"example": "Mozilla/5.0"})
    device = fields.String(required=True, metadata={"example": "Firefox on Linux"})
    ip = fields.String(required=True, allow_none=True, metadata={"example": "203.0.113.5"})
    city = fields.String(required=True, allow_none=True, metadata={"example": "Cape Town"})
    country = fields.String(
        required=True, allow_none=True, metadata={"description": "ISO 3166-1", "example": "ZA"}
    )
    latitude = fields.Float(required=True, allow_none=True, metadata={"description": "degrees"})
    longitude = fields.Float(required=True, allow_none=True, metadata={"description": "degrees"})


class SessionSchema(DeviceSchema):
    """A device that is signed in."""

    id = fields.UUID(required=True)
    created_at = fields.AwareDateTime(required=True)
    last_seen_at = fields.AwareDateTime(required=True)
    is_current = fields.Boolean(
        required=True, metadata={"description": "the session of this very call"}
    )


def show_session(session: Session, current: UUID) -> dict[str, Any]:
    """Answer for a session."""
    return {
        "id": session.id,
        "created_at": session.created_at,
        "last_seen_at": session.last_seen_at,
        "is_current": session.id == current,
        **show_device(session),
    }


def show_device(seen: Session | Login) -> dict[str, Any]:
    """Answer for where something came from."""
    return {
        "user_agent": seen.user_agent,
        "device": name_device(seen.user_agent),
        "ip": None if seen.ip is None else str(seen.ip),
        "city": seen.city,
        "country": seen.country,
        "latitude": seen.latitude,
        "longitude": seen.longitude,
    }
