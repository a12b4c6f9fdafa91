"""Tokens in requests and answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from services.auth.passkeys.credential_shape import MOST_FIELDS, SHAPE
from services.auth.second_factor.check import Codes
from services.auth.sessions.login import LoginAttempt
from services.auth.sessions.prove import Proof
from services.auth.texts import Password, TotpCode

if TYPE_CHECKING:
    from services.auth.sessions.token_pairs import TokenPair

LONGEST_TOKEN = 512
LONGEST_NAME = 254
LONGEST_CODE = 64


class LoginSchema(Schema):
    """Who wants to come in."""

    username = fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_NAME),
        metadata={"description": "username or e-mail address, in any case", "example": "ann"},
    )
    password = Password(
        required=True,
        load_only=True,
        metadata={"format": "password", "example": "seven green boats at noon"},
    )
    totp = TotpCode(
        load_default=None,
        allow_none=True,
        load_only=True,
        metadata={"description": "the code of the app, where a second factor is on"},
    )
    recovery_code = fields.String(
        load_default=None,
        allow_none=True,
        load_only=True,
        validate=validate.Length(1, LONGEST_CODE),
        metadata={"description": "in place of `totp`; works once"},
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> LoginAttempt:
        """Make the dataclass."""
        codes = Codes(loaded.pop("totp"), loaded.pop("recovery_code"))
        return LoginAttempt(**loaded, codes=codes)


class ProofSchema(Schema):
    """What shows who I am: one of these, or more, which must all be right then."""

    fewest = 1
    password = Password(
        load_default=None, allow_none=False, load_only=True, metadata={"format": "password"}
    )
    totp = TotpCode(load_default=None, allow_none=False, load_only=True)
    recovery_code = fields.String(
        load_default=None,
        allow_none=False,
        load_only=True,
        validate=validate.Length(1, LONGEST_CODE),
    )
    passkey = fields.Dict(
        keys=fields.String(),
        load_default=None,
        allow_none=False,
        load_only=True,
        validate=validate.Length(1, MOST_FIELDS),
        metadata={
            **SHAPE,
            "minProperties": 1,
            "description": "a credential that signed a challenge of `POST /passkeys/options`",
        },
    )

    @validates_schema
    def shows_something(self, loaded: dict[str, Any], **_: Any) -> None:
        """Refuse an empty proof."""
        if all(shown is None for shown in loaded.values()):
            raise ValidationError("Missing data for required field.", "password")

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> Proof:
        """Make the dataclass."""
        codes = Codes(loaded["totp"], loaded["recovery_code"])
        return Proof(loaded["password"], codes, loaded["passkey"])


@dataclass(frozen=True, slots=True)
class Refresh:
    """The token in the body; without one the cookie counts."""

    refresh_token: str | None = field(default=None, repr=False)


class RefreshSchema(Schema):
    """A refresh token, or nothing where the browser has it in its cookie."""

    refresh_token = fields.String(
        load_only=True,
        validate=validate.Length(1, LONGEST_TOKEN),
        metadata={"description": "absent: the cookie `meridian_refresh` is used"},
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> Refresh:
        """Make the dataclass."""
        return Refresh(**loaded)


class TokenPairSchema(Schema):
    """Tokens: the access token for every call, the refresh token for the next pair, once."""

    access_token = fields.String(required=True, metadata={"description": "JWT, EdDSA"})
    token_type = fields.String(required=True, validate=validate.Equal("Bearer"))
    expires_in = fields.Integer(required=True, metadata={"description": "seconds", "example": 600})
    refresh_token = fields.String(
        metadata={
            "description": "opaque; a page has it in its cookie only, out of reach of scripts"
        }
    )


def show_pair(pair: TokenPair, *, is_page: bool) -> dict[str, Any]:
    """Answer for a login or a refresh."""
    shown = {
        "access_token": pair.access_token,
        "token_type": "Bearer",
        "expires_in": pair.expires_in,
    }
    return shown if is_page else {**shown, "refresh_token": pair.refresh_token}


@dataclass(frozen=True, slots=True)
class Verification:
    """The permissions that are asked for."""

    permissions: list[str]


class VerificationSchema(Schema):
    """Which permissions the caller must hold, all of them."""

    permissions = fields.List(
        fields.String(validate=validate.Length(1, LONGEST_NAME)),
        load_default=list,
        validate=validate.Length(max=100),
        metadata={"example": ["files.view"]},
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> Verification:
        """Make the dataclass."""
        return Verification(**loaded)


class IdentitySchema(Schema):
    """Whom a token speaks for."""

    user_id = fields.UUID(required=True)
    session_id = fields.UUID(required=True, metadata={"description": "of an API token: its own id"})
    username = fields.String(required=True, metadata={"example": "ann"})
    permissions = fields.List(fields.String(), required=True)
    is_superuser = fields.Boolean(required=True)
    rights_version = fields.Integer(
        required=True, metadata={"description": "grows with every change of somebody's rights"}
    )
    expires_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "null: an API token that does not expire"},
    )
