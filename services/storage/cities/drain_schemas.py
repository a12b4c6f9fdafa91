"""Draining and removing servers in requests and answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, post_load, validate


class DrainProgressSchema(Schema):
    """How far a drain is."""

    state = fields.String(
        required=True, validate=validate.OneOf(("planned", "running", "done", "stopped"))
    )
    files = fields.Integer(required=True, metadata={"description": "still to be copied"})
    bytes = fields.Integer(required=True, metadata={"description": "still to be copied"})
    files_total = fields.Integer(required=True)
    bytes_total = fields.Integer(required=True)
    bytes_per_second = fields.Float(required=True)
    eta_seconds = fields.Float(required=True, allow_none=True)
    blockers = fields.List(fields.String(), required=True)
    report = fields.Dict(
        keys=fields.String(),
        allow_none=True,
        required=True,
        metadata={"description": "signed counts of a finished drain"},
    )


@dataclass(frozen=True, slots=True)
class DrainQuery:
    """Whether to try only."""

    dry_run: bool


class DrainQuerySchema(Schema):
    """Query of a drain."""

    dry_run = fields.Boolean(load_default=False)

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> DrainQuery:
        """Make the dataclass."""
        return DrainQuery(**loaded)


@dataclass(frozen=True, slots=True)
class RemovalQuery:
    """How many versions may be lost."""

    confirm_loss: int | None


class RemovalQuerySchema(Schema):
    """Query of a removal."""

    confirm_loss = fields.Integer(
        load_default=None,
        validate=validate.Range(1, 2**53),
        metadata={"description": "the exact number of versions that will be lost"},
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> RemovalQuery:
        """Make the dataclass."""
        return RemovalQuery(**loaded)


class CountsSchema(Schema):
    """What was lost with a server."""

    files = fields.Integer(required=True)
    versions = fields.Integer(required=True)
    bytes = fields.Integer(required=True)
