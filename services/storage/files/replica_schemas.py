"""Copies of a file in answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, get_args

from marshmallow import Schema, fields, validate

from services.storage.files.copies import MOST_AHEAD, Reason
from services.storage.files.schemas import REPLICA_STATES
from services.storage.servers.schemas import ServerSchema, show_server

if TYPE_CHECKING:
    from datetime import datetime

    from services.storage.files.copies import Copy
    from shared.catalog.servers import Server

REASONS: Final[tuple[str, ...]] = get_args(Reason)


def reason_field(*, allow_none: bool) -> fields.String:
    """Why a copy is not there yet."""
    return fields.String(
        required=True,
        allow_none=allow_none,
        validate=validate.OneOf(REASONS),
        metadata={
            "description": "why it is not there yet, or not to be: `queued` behind other fresh "
            "uploads, `catching_up` as after a city was added, `failing` and tried again, "
            "`policy_excludes` the city, …; null where it is"
        },
    )


class ReplicaSchema(Schema):
    """One copy of the current version."""

    server = fields.Nested(ServerSchema, required=True)
    state = fields.String(required=True, validate=validate.OneOf(REPLICA_STATES))
    verified_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={
            "description": "when all its bytes were last read and had the SHA-256; null "
            "for an uploaded object that nobody has read yet, for one that could not be read "
            "the last time, and for a copy in the making"
        },
    )
    lag_seconds = fields.Float(
        required=True,
        metadata={"description": "from the upload to the verified copy, or till now"},
    )
    attempts = fields.Integer(required=True)
    last_error = fields.String(required=True, allow_none=True)
    reason = reason_field(allow_none=True)
    ahead = fields.Integer(
        required=True,
        allow_none=True,
        metadata={
            "description": "copies of other files that come first in this city, counted up to "
            f"{MOST_AHEAD}; null where it does not wait"
        },
    )
    next_attempt_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "of a copy that failed"}
    )


class AbsentSchema(Schema):
    """A server that has nothing of the file."""

    server = fields.Nested(ServerSchema, required=True)
    reason = reason_field(allow_none=False)


class ReplicasSchema(Schema):
    """Copies of the current version, and the servers that have none."""

    items = fields.List(fields.Nested(ReplicaSchema), required=True)
    next = fields.String(required=True, allow_none=True)
    absent = fields.List(fields.Nested(AbsentSchema), required=True)


def show_replicas(copies: list[tuple[Server, Copy]], now: datetime) -> dict[str, Any]:
    """Answer for all servers."""
    return {
        "items": [show_replica(server, copy, now) for server, copy in copies if copy.state],
        "next": None,
        "absent": [
            {"server": show_server(server), "reason": copy.why_not(server)}
            for server, copy in copies
            if not copy.state
        ],
    }


def show_replica(server: Server, replica: Copy, now: datetime) -> dict[str, Any]:
    """Answer for one copy."""
    assert replica.state is not None
    assert replica.created_at is not None
    until = replica.verified_at or now
    if replica.state == "READY" and replica.verified_at is None:
        # The uploaded object is there, though nobody has read it yet.
        until = replica.created_at
    reason = replica.why_not(server)
    return {
        "server": show_server(server),
        "state": replica.state.lower(),
        "verified_at": replica.verified_at,
        "lag_seconds": round((until - replica.created_at).total_seconds(), 3),
        "attempts": replica.attempt,
        "last_error": replica.last_error,
        "reason": reason,
        "ahead": replica.ahead if reason in {"queued", "catching_up"} else None,
        "next_attempt_at": replica.next_attempt_at if reason == "failing" else None,
    }
