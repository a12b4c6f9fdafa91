"""Reset links in requests and answers."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.auth.resets.reset import NewPassword
from services.auth.texts import NEW_PASSWORD, Password

LONGEST_TOKEN = 512


class NewPasswordSchema(Schema):
    """What somebody brings who has a link."""

    token = fields.String(
        required=True,
        load_only=True,
        validate=validate.Length(1, LONGEST_TOKEN),
        metadata={"description": "the last part of the link"},
    )
    new_password = Password(required=True, load_only=True, metadata=NEW_PASSWORD)

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> NewPassword:
        """Make the dataclass."""
        return NewPassword(**loaded)


class LinkSchema(Schema):
    """A link, shown this once."""

    url = fields.Url(required=True, metadata={"description": "works once"})
    expires_at = fields.AwareDateTime(required=True)
