"""What the terms of links and of file requests have in common: an end, and a password."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, missing, validate, validates_schema

from services.storage.links.ends import End
from shared.web.input_fields import Moment, Whole

LONGEST_PASSWORD = 256
LONGEST_LIFE = 10 * 366 * 86_400


class TermsSchema(Schema):
    """What is absent stays, null takes away."""

    lifetime_seconds = Whole(
        validate=validate.Range(1, LONGEST_LIFE), metadata={"description": "from now on"}
    )
    expires_at = Moment(allow_none=True, metadata={"description": "instead of a lifetime"})

    @validates_schema
    def ask_for_one_end(self, loaded: dict[str, Any], **_: Any) -> None:
        """Refuse two ends."""
        if "lifetime_seconds" in loaded and loaded.get("expires_at"):
            raise ValidationError("Give a lifetime or a date, not both.", "expires_at")


def password_field(description: str) -> fields.String:
    """A password to be set, or taken away by null."""
    return fields.String(
        allow_none=True,
        load_only=True,
        validate=validate.Length(1, LONGEST_PASSWORD),
        metadata={"description": description, "format": "password"},
    )


def with_one_end(loaded: dict[str, Any]) -> dict[str, Any]:
    """Terms with the `end` that was given as a lifetime or as a moment, if one was."""
    moment, seconds = loaded.pop("expires_at", missing), loaded.pop("lifetime_seconds", None)
    if seconds is not None:
        loaded["end"] = End(lifetime=timedelta(seconds=seconds))
    elif moment is not missing:
        loaded["end"] = End(moment=moment)
    return loaded
