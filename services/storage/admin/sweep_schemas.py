"""Sweeps and what they found in answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, validate

from services.storage.admin.sweeps import KINDS
from services.storage.servers.schemas import ServerSchema, show_server

if TYPE_CHECKING:
    from services.storage.admin.sweeps import Sweep
    from shared.catalog.servers import Server
    from shared.catalog.unknown_objects import UnknownObject


class SweepSchema(Schema):
    """The last sweep of a kind over a server.

    `inventory` compares the listing with the rows, `scrub` reads copies and compares their hashes,
    `orphans` looks for what no row wants.
    """

    server = fields.Nested(ServerSchema, required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    started_at = fields.AwareDateTime(required=True)
    finished_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "null while it goes on"}
    )
    seen = fields.Integer(required=True, metadata={"description": "objects looked at"})
    missing = fields.Integer(
        required=True, metadata={"description": "copies that should be there and are not"}
    )
    changed = fields.Integer(
        required=True, metadata={"description": "copies with another size, ETag or SHA-256"}
    )
    # The name alone is a word of marshmallow.
    unknown_objects = fields.Integer(
        required=True,
        data_key="unknown",
        metadata={"description": "objects and unfinished uploads of ours that no row wants"},
    )
    healed = fields.Integer(
        required=True,
        metadata={"description": "copies made again from a good one; of `orphans`: erased"},
    )
    stopped_because = fields.String(
        required=True, allow_none=True, metadata={"description": "why it did not come to its end"}
    )


class SweepAskedSchema(Schema):
    """A sweep that begins as soon as a replicator is free."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))


class UnknownObjectSchema(Schema):
    """An object of ours that no row wants."""

    id = fields.UUID(required=True)
    server = fields.Nested(ServerSchema, required=True, allow_none=True)
    key = fields.String(required=True)
    size = fields.Integer(required=True)
    state = fields.String(
        required=True,
        validate=validate.OneOf(("seen", "quarantined", "erasing")),
        metadata={
            "description": "`quarantined` a day after it was first seen, erased weeks later; until "
            "then it lies where it was"
        },
    )
    first_seen_at = fields.AwareDateTime(required=True)
    last_seen_at = fields.AwareDateTime(required=True)
    quarantined_at = fields.AwareDateTime(required=True, allow_none=True)


def show_sweep(server: Server, sweep: Sweep) -> dict[str, Any]:
    """Answer for one sweep."""
    return {
        "server": show_server(server),
        "kind": sweep.kind,
        "started_at": sweep.started_at,
        "finished_at": sweep.finished_at,
        "seen": sweep.seen,
        "missing": sweep.missing,
        "changed": sweep.changed,
        "unknown": sweep.unknown,
        "healed": sweep.healed,
        "stopped_because": sweep.stopped_because,
    }


def show_unknown(server: Server | None, unknown: UnknownObject) -> dict[str, Any]:
    """Answer for one object."""
    return {
        "id": unknown.id,
        "server": show_server(server) if server else None,
        "key": unknown.key,
        "size": unknown.size,
        "state": unknown.state,
        "first_seen_at": unknown.first_seen_at,
        "last_seen_at": unknown.last_seen_at,
        "quarantined_at": unknown.quarantined_at,
    }
