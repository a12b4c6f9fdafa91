"""Reset links in requests and answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.auth.resets.reset import NewPassword
from services.auth.texts import NEW_PASSWORD, EmailAddress, Password

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


@dataclass(frozen=True, slots=True)
class MyAddress:
    """Whose password was forgotten."""

    email: str


class MyAddressSchema(Schema):
    """The address of an account."""

    email = EmailAddress(required=True, metadata={"example": "ann@example.com"})

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> MyAddress:
        """Make the dataclass."""
        return MyAddress(**loaded)


class LetterSchema(Schema):
    """A letter that is under way, if the address is somebody's."""

    expires_in = fields.Integer(
        required=True, metadata={"description": "seconds that its link is good", "example": 3600}
    )


class LinkSchema(Schema):
    """A link, shown this once."""

    url = fields.Url(required=True, metadata={"description": "works once"})
    expires_at = fields.AwareDateTime(required=True)
