"""Queries of the history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.storage.history.events import ActionEvent
from services.storage.history.listing import ActionFilter
from shared.web.input_fields import Moment
from shared.web.paging import PageQuery

FORMATS = ("ndjson", "csv")
THINGS = sorted({event.partition(".")[0] for event in ActionEvent})


class FilterSchema(Schema):
    """Which lines."""

    event = fields.String(
        load_default=None,
        validate=validate.OneOf((*ActionEvent, *THINGS)),
        metadata={"description": "one like FILE.UPLOAD, or all of a thing, like FILE"},
    )
    object_id = fields.UUID(
        load_default=None, metadata={"description": "what was done to this file or folder"}
    )
    since = Moment(load_default=None, metadata={"description": "from then on"})
    until = Moment(load_default=None, metadata={"description": "before then"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionsQuery:
    """Which lines of the history, which page."""

    limit: int
    cursor: str | None
    wanted: ActionFilter


class ActionsQuerySchema(FilterSchema, PageQuery):
    """Query of a history."""

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> ActionsQuery:
        """Make the dataclass."""
        limit, cursor = loaded.pop("limit"), loaded.pop("cursor")
        return ActionsQuery(limit=limit, cursor=cursor, wanted=ActionFilter(**loaded))


class AllActionsQuerySchema(ActionsQuerySchema):
    """Query of the history of all."""

    owner_id = fields.UUID(load_default=None, metadata={"description": "whose things"})
    user_id = fields.UUID(load_default=None, metadata={"description": "who did it"})


@dataclass(frozen=True, slots=True)
class ExportQuery:
    """Which lines of the history, written how."""

    format: str
    wanted: ActionFilter


class ExportQuerySchema(FilterSchema):
    """Query of an export."""

    format = fields.String(load_default="ndjson", validate=validate.OneOf(FORMATS))

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> ExportQuery:
        """Make the dataclass."""
        return ExportQuery(loaded.pop("format"), ActionFilter(**loaded))
