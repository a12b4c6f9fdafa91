"""Passkeys in requests and answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, post_load, pre_load, validate

from services.auth.passkeys.credential_shape import MOST_FIELDS, SHAPE
from services.auth.passkeys.own import Addition
from services.auth.texts import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.auth.passkeys.passkeys import Passkey


def credential_field() -> fields.Dict:
    """A credential as WebAuthn writes it in JSON; the library reads it."""
    return fields.Dict(
        keys=fields.String(),
        required=True,
        load_only=True,
        validate=validate.Length(max=MOST_FIELDS),
        metadata=SHAPE,
    )


@dataclass(frozen=True, slots=True)
class ShownPasskey:
    """A passkey that a browser shows to sign in."""

    credential: Mapping[str, Any]


class ShownPasskeySchema(Schema):
    """A passkey that signed the challenge."""

    credential = credential_field()

    @pre_load
    def wrap(self, data: Any, **_: Any) -> Any:
        """Take the credential itself for the body, too."""
        is_bare = isinstance(data, dict) and "response" in data and "credential" not in data
        return {"credential": data} if is_bare else data

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> ShownPasskey:
        """Make the dataclass."""
        return ShownPasskey(**loaded)


class AdditionSchema(Schema):
    """A new passkey, and what I call it."""

    name = Label(required=True, metadata={"example": "my phone"})
    credential = credential_field()

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> Addition:
        """Make the dataclass."""
        return Addition(**loaded)


@dataclass(frozen=True, slots=True)
class Renaming:
    """Another name."""

    name: str


class RenamingSchema(Schema):
    """Another name for a passkey."""

    name = Label(required=True, metadata={"example": "my old phone"})

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> Renaming:
        """Make the dataclass."""
        return Renaming(**loaded)


class PasskeySchema(Schema):
    """A passkey."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    is_synced = fields.Boolean(
        required=True, metadata={"description": "my other devices have it, or may have it"}
    )
    created_at = fields.AwareDateTime(required=True)
    last_used_at = fields.AwareDateTime(required=True, allow_none=True)
    cloned_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "when somebody seemed to use a copy of it: better remove it"},
    )


class RequestOptionsSchema(Schema):
    """For `navigator.credentials.get()`: `PublicKeyCredential.parseRequestOptionsFromJSON`."""

    challenge = fields.String(required=True)
    timeout = fields.Integer(required=True, metadata={"description": "milliseconds"})
    rp_id = fields.String(required=True, data_key="rpId")
    allow_credentials = fields.List(fields.Dict(), required=True, data_key="allowCredentials")
    user_verification = fields.String(required=True, data_key="userVerification")


class CreationOptionsSchema(Schema):
    """For `navigator.credentials.create()`: `PublicKeyCredential.parseCreationOptionsFromJSON`."""

    rp = fields.Dict(keys=fields.String(), required=True)
    user = fields.Dict(keys=fields.String(), required=True)
    challenge = fields.String(required=True)
    algorithms = fields.List(fields.Dict(), required=True, data_key="pubKeyCredParams")
    timeout = fields.Integer(required=True, metadata={"description": "milliseconds"})
    exclude_credentials = fields.List(fields.Dict(), required=True, data_key="excludeCredentials")
    authenticator_selection = fields.Dict(
        keys=fields.String(), required=True, data_key="authenticatorSelection"
    )
    attestation = fields.String(required=True)


def show_passkey(passkey: Passkey) -> dict[str, Any]:
    """Answer for a passkey."""
    return {
        "id": passkey.id,
        "name": passkey.name,
        "is_synced": passkey.is_synced,
        "created_at": passkey.created_at,
        "last_used_at": passkey.last_used_at,
        "cloned_at": passkey.cloned_at,
    }
