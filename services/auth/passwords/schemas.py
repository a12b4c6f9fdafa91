"""Passwords in requests."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load

from services.auth.passwords.change_password import PasswordChange
from services.auth.texts import NEW_PASSWORD, Password


class PasswordChangeSchema(Schema):
    """A change of my password."""

    current_password = Password(
        load_default=None,
        load_only=True,
        metadata={"description": "left out by who has none yet", "format": "password"},
    )
    new_password = Password(required=True, load_only=True, metadata=NEW_PASSWORD)

    end_tokens = fields.Boolean(
        load_default=False, metadata={"description": "end my API tokens, too"}
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> PasswordChange:
        """Make the dataclass."""
        return PasswordChange(**loaded)
