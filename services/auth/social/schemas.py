"""Social login in requests and answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marshmallow import EXCLUDE, Schema, fields, post_load, validate

from services.auth.settings import CLOSED, INVITED, OPEN
from services.auth.social.answers import Return
from services.auth.social.flow import HOME

if TYPE_CHECKING:
    from services.auth.social.identities import Identity
    from services.auth.social.providers import Provider

LONGEST_CODE = 4096
LONGEST_PATH = 502
RETURN_TO = {"description": "path of the page to come back to", "example": "/account"}


@dataclass(frozen=True, slots=True)
class Start:
    """Where to come back to."""

    return_to: str


class StartQuery(Schema):
    """Where a sign-in leads to."""

    return_to = fields.String(
        load_default=HOME, validate=validate.Length(1, LONGEST_PATH), metadata=RETURN_TO
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> Start:
        """Make the dataclass."""
        return Start(**loaded)


class ReturnQuery(Schema):
    """What a provider tells by the browser; it may tell more."""

    class Meta:
        """Providers add parameters of their own."""

        unknown = EXCLUDE

    state = fields.String(load_default="", validate=validate.Length(max=LONGEST_CODE))
    code = fields.String(load_default=None, validate=validate.Length(1, LONGEST_CODE))
    iss = fields.String(load_default=None, validate=validate.Length(max=LONGEST_CODE))
    error = fields.String(load_default=None, validate=validate.Length(max=LONGEST_CODE))

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> Return:
        """Make the dataclass."""
        return Return(**loaded)


@dataclass(frozen=True, slots=True)
class LinkStart:
    """Which account to link."""

    provider: str
    return_to: str


class LinkStartSchema(Schema):
    """An account to be linked to mine."""

    provider = fields.String(
        required=True, validate=validate.Length(1, 32), metadata={"example": "google"}
    )
    return_to = fields.String(
        load_default="/account", validate=validate.Length(1, LONGEST_PATH), metadata=RETURN_TO
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> LinkStart:
        """Make the dataclass."""
        return LinkStart(**loaded)


class LinkUrlSchema(Schema):
    """Where to send the browser."""

    url = fields.Url(required=True, require_tld=False)


class ProviderSchema(Schema):
    """A way to sign in."""

    name = fields.String(required=True, metadata={"example": "google"})
    title = fields.String(required=True, metadata={"example": "Google"})
    url = fields.String(required=True, metadata={"example": "/auth/api/v1/oauth/google/login"})


class ProvidersSchema(Schema):
    """What a login page offers beside name and password."""

    items = fields.List(fields.Nested(ProviderSchema), required=True)
    next = fields.String(required=True, allow_none=True)
    passkeys = fields.Boolean(required=True, metadata={"description": "browsers can use them here"})
    mail = fields.Boolean(
        required=True, metadata={"description": "forgotten passwords get a link by mail"}
    )
    registration = fields.String(
        required=True,
        validate=validate.OneOf((OPEN, INVITED, CLOSED)),
        metadata={"description": "who may make an account"},
    )


class LinkedAccountSchema(Schema):
    """A linked account of another site."""

    id = fields.UUID(required=True)
    provider = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "null: nobody can sign in with it just now", "example": "google"},
    )
    title = fields.String(required=True, metadata={"example": "Google"})
    email = fields.String(required=True, allow_none=True, metadata={"example": "ann@example.com"})
    created_at = fields.AwareDateTime(required=True)
    last_used_at = fields.AwareDateTime(required=True, allow_none=True)


def show_provider(provider: Provider, prefix: str) -> dict[str, Any]:
    """Answer for a provider."""
    return {
        "name": provider.name,
        "title": provider.title,
        "url": f"{prefix}/oauth/{provider.name}/login",
    }


def show_identity(identity: Identity) -> dict[str, Any]:
    """Answer for a linked account."""
    return {
        "id": identity.id,
        "provider": identity.provider,
        "title": identity.title or identity.issuer,
        "email": identity.email,
        "created_at": identity.created_at,
        "last_used_at": identity.last_used_at,
    }
