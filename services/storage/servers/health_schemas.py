"""How servers did, in answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from marshmallow import Schema, fields, validate

from services.storage.servers.schemas import SERVER_STATES

if TYPE_CHECKING:
    from services.storage.servers.health_changes import HealthChange
    from services.storage.servers.uptime import Uptime

FULL: Final = "`full` where it answered but took no writes"
SLICE_STATES: Final = (*SERVER_STATES, "full")


class HealthChangeSchema(Schema):
    """A state that a server was in."""

    id = fields.UUID(required=True)
    state = fields.String(required=True, validate=validate.OneOf(SERVER_STATES))
    takes_writes = fields.Boolean(
        required=True,
        metadata={"description": "false: it answered but refused to write, as with a full disk"},
    )
    since = fields.AwareDateTime(required=True)
    until = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "null: it still is"}
    )


class UptimeSchema(Schema):
    """How a server did in a span of time that ends now."""

    uptime = fields.Float(
        required=True,
        allow_none=True,
        validate=validate.Range(0, 1),
        metadata={
            "description": "the part of the time in which it answered, of that in which it was "
            "switched on and known, 0 to 1; null: there was none"
        },
    )
    seconds = fields.Dict(
        keys=fields.String(validate=validate.OneOf(SLICE_STATES)),
        values=fields.Float(),
        required=True,
        metadata={"description": f"how long it was in each state; {FULL}"},
    )
    slice_seconds = fields.Integer(required=True, metadata={"description": "how long a slice is"})
    slices = fields.List(
        fields.String(allow_none=True, validate=validate.OneOf((*SLICE_STATES, None))),
        required=True,
        metadata={
            "description": f"the worst state of each slice, the oldest first; {FULL}, null: unknown"
        },
    )


class HealthSchema(Schema):
    """The states of a server, and how much of the last 24 hours and 30 days it answered."""

    items = fields.List(fields.Nested(HealthChangeSchema), required=True)
    next = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Cursor of the next page, null on the last one"},
    )
    day = fields.Nested(UptimeSchema, required=True)
    month = fields.Nested(UptimeSchema, required=True)


def show_change(change: HealthChange) -> dict[str, Any]:
    """Answer for one state."""
    return {
        "id": change.id,
        "state": change.state,
        "takes_writes": change.takes_writes,
        "since": change.since,
        "until": change.until,
    }


def show_span(counted: Uptime) -> dict[str, Any]:
    """Answer for a span."""
    return {
        "uptime": counted.uptime,
        "seconds": counted.seconds,
        "slice_seconds": counted.span.seconds // counted.span.slices,
        "slices": counted.slices,
    }
