"""Tickets in requests and answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.storage.downloads.schemas import VERSION, Inline
from shared.web.input_fields import Whole

LONGEST_TICKET = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketWish:
    """Which download a ticket is good for."""

    version: int | None
    inline: bool


class TicketWishSchema(Schema):
    """What a ticket is wanted for."""

    version = Whole(**VERSION)
    inline = Inline()

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> TicketWish:
        """Make the dataclass."""
        return TicketWish(**loaded)


class TicketQuerySchema(Schema):
    """Query of a download with a ticket."""

    ticket = fields.String(required=True, validate=validate.Length(1, LONGEST_TICKET))

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> str:
        """Take the text of the ticket."""
        return str(loaded["ticket"])


class TicketSchema(Schema):
    """An address that is good for one download."""

    url = fields.URL(required=True, require_tld=False)
    expires_at = fields.AwareDateTime(required=True)
