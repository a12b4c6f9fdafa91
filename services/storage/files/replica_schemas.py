"""Copies of a file in answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, validate

from services.storage.files.schemas import REPLICA_STATES
from services.storage.servers.schemas import ServerSchema, show_server

if TYPE_CHECKING:
    from datetime import datetime

    from services.storage.servers.fleet import Fleet
    from shared.catalog.replicas import Replica
    from shared.catalog.servers import Server


class ReplicaSchema(Schema):
    """One copy of the current version."""

    server = fields.Nested(ServerSchema, required=True)
    state = fields.String(required=True, validate=validate.OneOf(REPLICA_STATES))
    verified_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={
            "description": "when all its bytes were last read and had the SHA-256; null "
            "for an uploaded object that nobody has read yet, and for a copy in the making"
        },
    )
    lag_seconds = fields.Float(
        required=True,
        metadata={"description": "from the upload to the verified copy, or till now"},
    )
    attempts = fields.Integer(required=True)
    last_error = fields.String(required=True, allow_none=True)


def show_replica(fleet: Fleet, server: Server, replica: Replica, now: datetime) -> dict[str, Any]:
    """Answer for one copy."""
    until = replica.verified_at or now
    if replica.state == "READY" and replica.verified_at is None:
        # The uploaded object is there, though nobody has read it yet.
        until = replica.created_at
    return {
        "server": show_server(server),
        "state": replica.state.lower(),
        "verified_at": replica.verified_at,
        "lag_seconds": round((until - replica.created_at).total_seconds(), 3),
        "attempts": replica.attempt,
        "last_error": replica.last_error,
    }
