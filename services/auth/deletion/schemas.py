"""Deletions in requests."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, post_load

from services.auth.deletion.delete_account import Farewell
from services.auth.texts import Password


class FarewellSchema(Schema):
    """What shows that it is me; without a password a proof of the last 15 minutes counts."""

    password = Password(load_only=True, metadata={"format": "password"})

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> Farewell:
        """Make the dataclass."""
        return Farewell(**loaded)
