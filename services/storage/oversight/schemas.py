"""Oversight in requests and answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, post_load, validate

from services.storage.drops.schemas import DropSchema
from services.storage.links.link_settings import LinkSettings
from services.storage.links.schemas import LinkSchema
from services.storage.links.term_schemas import LONGEST_LIFE
from shared.web.input_fields import Whole
from shared.web.paging import PageAsked, PageQuery

if TYPE_CHECKING:
    from uuid import UUID

MOST_REQUESTS = 1000


@dataclass(frozen=True, slots=True)
class LinksQuery(PageAsked):
    """Whose links, which page."""

    user_id: UUID


class LinksQuerySchema(PageQuery):
    """Query of the links and requests of a person."""

    user_id = fields.UUID(required=True)

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> LinksQuery:
        """Make the dataclass."""
        return LinksQuery(**loaded)


@dataclass(frozen=True, slots=True)
class Revocation:
    """Whose links and requests are to end."""

    user_id: UUID


class RevocationSchema(Schema):
    """Whose links and requests are to end."""

    user_id = fields.UUID(required=True)

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> Revocation:
        """Make the dataclass."""
        return Revocation(**loaded)


class RevokedSchema(Schema):
    """How much ended."""

    links = fields.Integer(required=True)
    requests = fields.Integer(required=True)


class SharedOutSchema(Schema):
    """A page of what a person has given out."""

    items = fields.List(fields.Nested(LinkSchema), required=True)
    requests = fields.List(
        fields.Nested(DropSchema),
        required=True,
        metadata={"description": f"with the first page, the newest {MOST_REQUESTS} at most"},
    )
    next = fields.String(required=True, allow_none=True)


class LinkSettingsSchema(Schema):
    """What is allowed of links and file requests."""

    public = fields.Boolean(
        required=True,
        metadata={"description": "false: neither links nor requests, not even those made before"},
    )
    longest_lifetime_seconds = Whole(
        required=True,
        allow_none=True,
        validate=validate.Range(1, LONGEST_LIFE),
        metadata={"description": "null: as long as people like"},
    )
    password_required = fields.Boolean(required=True)

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> LinkSettings:
        """Make the dataclass."""
        return LinkSettings(**loaded)
