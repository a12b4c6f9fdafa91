"""The audit in requests and answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, post_load, validate

from services.auth.audit.actions import Action
from shared.web.paging import PageAsked, PageQuery

if TYPE_CHECKING:
    from services.auth.audit.entries import Entry

LONGEST_ID = 128


@dataclass(frozen=True, slots=True)
class AuditAsked(PageAsked):
    """Which page of the audit, of everything or of one thing."""

    object_id: str | None


class AuditQuery(PageQuery):
    """Query of the audit."""

    object_id = fields.String(
        load_default=None,
        validate=validate.Length(1, LONGEST_ID),
        metadata={"description": "only changes of this user, role, permission or key"},
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> AuditAsked:
        """Make the dataclass."""
        return AuditAsked(**loaded)


class EntrySchema(Schema):
    """A change, as it was written down."""

    id = fields.UUID(required=True)
    actor_id = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "null: an operator at the command line"},
    )
    action = fields.String(required=True, validate=validate.OneOf(tuple(Action)))
    object_id = fields.String(
        required=True, metadata={"description": "of the user, role, permission or key"}
    )
    before = fields.Dict(
        required=True, allow_none=True, metadata={"description": "null: there was nothing"}
    )
    after = fields.Dict(
        required=True, allow_none=True, metadata={"description": "null: there is nothing any more"}
    )
    ip = fields.String(required=True, allow_none=True, metadata={"example": "203.0.113.5"})
    created_at = fields.AwareDateTime(required=True)


def show_entry(entry: Entry) -> dict[str, Any]:
    """Answer for an entry."""
    return {
        "id": entry.id,
        "actor_id": entry.actor_id,
        "action": entry.action,
        "object_id": entry.object_id,
        "before": entry.before,
        "after": entry.after,
        "ip": None if entry.ip is None else str(entry.ip),
        "created_at": entry.created_at,
    }
