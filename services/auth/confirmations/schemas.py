"""Confirmations of addresses in requests and answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema, fields, post_load, validate

LONGEST_TOKEN = 512


@dataclass(frozen=True, slots=True)
class Link:
    """What somebody brings who has a letter."""

    token: str = field(repr=False)


class AddressLinkSchema(Schema):
    """What somebody brings who has a letter."""

    token = fields.String(
        required=True,
        load_only=True,
        validate=validate.Length(1, LONGEST_TOKEN),
        metadata={"description": "the last part of the link"},
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> Link:
        """Make the dataclass."""
        return Link(**loaded)
