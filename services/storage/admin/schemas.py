"""Replication in requests and answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, post_load, validate

from services.storage.servers.schemas import ServerSchema, show_server

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from shared.catalog.dead_letters import DeadLetter
    from shared.catalog.figures import Figures
    from shared.catalog.servers import Server

LONGEST_REASON = 500


class LagSchema(Schema):
    """Seconds from stored in the first city to verified in this one; null: nothing to go by."""

    p50 = fields.Float(
        required=True, allow_none=True, metadata={"description": "of what arrived in the last hour"}
    )
    p95 = fields.Float(required=True, allow_none=True)
    oldest = fields.Float(
        required=True, allow_none=True, metadata={"description": "of what is still to come"}
    )


class ReplicationSchema(Schema):
    """How far behind one server is."""

    server = fields.Nested(ServerSchema, required=True)
    backlog = fields.Integer(required=True, metadata={"description": "copies that are to come"})
    bytes = fields.Integer(required=True, metadata={"description": "of the backlog"})
    lag = fields.Nested(LagSchema, required=True)
    per_second = fields.Float(
        required=True, metadata={"description": "copies that arrived, over the last minute"}
    )
    bytes_per_second = fields.Float(required=True)
    errors = fields.Integer(
        required=True, metadata={"description": "of the backlog, whose last attempt failed"}
    )
    dead_letters = fields.Integer(required=True)
    is_counting = fields.Boolean(
        required=True,
        metadata={"description": "what is missing is still being found out: the backlog grows"},
    )


class DeadLetterSchema(Schema):
    """A copy that failed again and again, and that somebody should look at."""

    id = fields.UUID(required=True)
    file_id = fields.UUID(required=True)
    version_id = fields.UUID(required=True)
    server = fields.Nested(ServerSchema, required=True, allow_none=True)
    attempts = fields.Integer(required=True)
    error = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    next_attempt_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "it is tried again by itself, though seldom"},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryAsked:
    """Which dead letters are to be tried again."""

    server: str | None
    error: str | None


class RetrySchema(Schema):
    """All dead letters of a kind."""

    server = fields.String(
        load_default=None,
        validate=validate.Length(1, 63),
        metadata={"description": "only of this server", "example": "cape-town"},
    )
    error = fields.String(
        load_default=None,
        validate=validate.Length(1, 200),
        metadata={"description": "only with this in the error", "example": "EntityTooLarge"},
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> RetryAsked:
        """Make the dataclass."""
        return RetryAsked(**loaded)


class RetriedSchema(Schema):
    """How many copies are tried again."""

    retried = fields.Integer(required=True)


class ReasonSchema(Schema):
    """Why a dead letter is dropped."""

    reason = fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST_REASON),
        metadata={"description": "kept in the history of whoever drops it"},
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> str:
        """Take the text."""
        return str(loaded["reason"])


def show_figures(figures: Figures) -> dict[str, Any]:
    """Answer for one server."""
    return {
        "server": show_server(figures.server),
        "backlog": figures.backlog,
        "bytes": figures.bytes,
        "lag": {"p50": figures.p50, "p95": figures.p95, "oldest": figures.oldest},
        "per_second": figures.per_second,
        "bytes_per_second": figures.bytes_per_second,
        "errors": figures.errors,
        "dead_letters": figures.dead_letters,
        "is_counting": figures.is_counting,
    }


def show_letter(servers: Mapping[UUID, Server], letter: DeadLetter) -> dict[str, Any]:
    """Answer for one dead letter."""
    server = servers.get(letter.server_id)
    return {
        "id": letter.id,
        "file_id": letter.file_id,
        "version_id": letter.version_id,
        "server": show_server(server) if server else None,
        "attempts": letter.attempts,
        "error": letter.error,
        "created_at": letter.created_at,
        "next_attempt_at": letter.next_attempt_at,
    }
