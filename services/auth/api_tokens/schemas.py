"""API tokens in requests and answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates

from services.auth.api_tokens.api_tokens import NewToken
from services.auth.texts import Label
from shared.web.input_fields import Moment

if TYPE_CHECKING:
    from services.auth.api_tokens.api_tokens import ApiToken

MOST_SCOPES = 100
LONGEST_SCOPE = 100
EXAMPLE_SCOPES = ("files.view", "files.upload")


class NewTokenSchema(Schema):
    """An API token to be made."""

    name = Label(required=True, metadata={"example": "nightly backup"})
    scopes = fields.List(
        fields.String(validate=validate.Length(1, LONGEST_SCOPE)),
        required=True,
        validate=validate.Length(1, MOST_SCOPES),
        metadata={
            "description": "names of permissions; the token may do what I may do, too",
            "example": EXAMPLE_SCOPES,
        },
    )
    expires_at = Moment(
        load_default=None,
        allow_none=True,
        metadata={"description": "absent: it does not expire"},
    )

    @validates("expires_at")
    def lies_ahead(self, moment: datetime | None, **_: Any) -> None:
        """Refuse a token that would be born dead."""
        if moment is not None and moment <= datetime.now(UTC):
            raise ValidationError("Must lie in the future.")

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> NewToken:
        """Make the dataclass; a scope that is named twice counts once."""
        return NewToken(loaded["name"], sorted(set(loaded["scopes"])), loaded["expires_at"])


class ApiTokenSchema(Schema):
    """An API token without the token itself."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True, metadata={"example": EXAMPLE_SCOPES})
    created_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True, allow_none=True)
    last_used_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "to about a minute"}
    )


class MadeTokenSchema(ApiTokenSchema):
    """A new API token, shown this once."""

    token = fields.String(
        required=True, metadata={"description": "`mrd_` and 49 letters and digits; keep it"}
    )


def show_token(token: ApiToken) -> dict[str, Any]:
    """Answer for a token."""
    return {
        "id": token.id,
        "name": token.name,
        "scopes": token.scopes,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
    }
