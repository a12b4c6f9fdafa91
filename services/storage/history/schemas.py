"""Actions in answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields

if TYPE_CHECKING:
    from services.storage.history.actions import Action


class ActionSchema(Schema):
    """One line of a history."""

    id = fields.UUID(required=True)
    event = fields.String(required=True, metadata={"example": "FILE.UPLOAD"})
    object_id = fields.UUID(required=True, allow_none=True)
    data = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={
            "description": "what it was, such as `name`; of a grant `user_id` too, who got or lost "
            "`access`: `POST /auth/api/v1/people/names` has the name"
        },
    )
    ip = fields.String(required=True, allow_none=True)
    place = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "city the client was taken to be in", "example": "Boston"},
    )
    server = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "name of the server that was chosen"},
    )
    link_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "share link it was done by"}
    )
    user_id = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "who did it; null: somebody without an account, or time"},
    )
    created_at = fields.AwareDateTime(required=True)


class AnyActionSchema(ActionSchema):
    """One line of anybody's history."""

    owner_id = fields.UUID(required=True, metadata={"description": "whose things it was done to"})


def show_action(action: Action) -> dict[str, Any]:
    """Answer for one line of a history."""
    return {
        "id": action.id,
        "event": action.event,
        "object_id": action.object_id,
        "data": action.data,
        "ip": None if action.ip is None else str(action.ip),
        "place": action.place,
        "server": action.server,
        "link_id": action.link_id,
        "user_id": action.user_id,
        "created_at": action.created_at,
    }


def show_any_action(action: Action) -> dict[str, Any]:
    """Answer for one line of anybody's history."""
    return {**show_action(action), "owner_id": action.owner_id}
