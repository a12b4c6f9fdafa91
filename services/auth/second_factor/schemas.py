"""Second factors in requests and answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, post_load, validate

from services.auth.second_factor.set_up import Confirmation
from services.auth.texts import Password, TotpCode

if TYPE_CHECKING:
    from services.auth.second_factor.totp import Totp


@dataclass(frozen=True, slots=True)
class MyPassword:
    """The password of the caller, once more."""

    password: str = field(repr=False)


class MyPasswordSchema(Schema):
    """My password, once more."""

    password = Password(required=True, load_only=True, metadata={"format": "password"})

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> MyPassword:
        """Make the dataclass."""
        return MyPassword(**loaded)


class ConfirmationSchema(Schema):
    """The code that the app shows now."""

    code = TotpCode(required=True, load_only=True)

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> Confirmation:
        """Make the dataclass."""
        return Confirmation(**loaded)


class TotpSecretSchema(Schema):
    """What an app for one-time codes wants to know, shown this once."""

    secret = fields.String(required=True, metadata={"description": "base32, to type in by hand"})
    uri = fields.String(required=True, metadata={"description": "`otpauth://…`, for a QR code"})


class RecoveryCodesSchema(Schema):
    """Codes that work once each when the app is lost, shown this once."""

    recovery_codes = fields.List(fields.String(), required=True, validate=validate.Length(equal=10))


class TotpSchema(Schema):
    """Whether codes of an app are asked for when I log in with my password."""

    is_on = fields.Boolean(required=True)
    since = fields.AwareDateTime(required=True, allow_none=True)
    recovery_codes_left = fields.Integer(required=True)


def show_totp(totp: Totp | None) -> dict[str, Any]:
    """Answer for the factor of a user."""
    if totp is None or totp.confirmed_at is None:
        return {"is_on": False, "since": None, "recovery_codes_left": 0}
    return {
        "is_on": True,
        "since": totp.confirmed_at,
        "recovery_codes_left": totp.codes_left,
    }
