"""Servers as operators write them, and drains in answers."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, post_load, validate, validates_schema

from services.storage.cities.change import ServerChange
from services.storage.servers.new_server_schemas import (
    Endpoint,
    NewServerSchema,
    Secret,
    refuse_nowhere,
)
from services.storage.servers.schemas import ServerDetailSchema, show_server

if TYPE_CHECKING:
    from services.storage.cities.add import Added
    from services.storage.cities.probe import Probed
    from shared.catalog.servers import NewServer

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Described:
    """A server as an operator describes it."""

    server: NewServer
    is_on: bool
    is_active: bool
    has_own_secret: bool


class DescribedSchema(NewServerSchema):
    """An S3 server to try or to add."""

    hook_secret = Secret(
        metadata={"description": "made up when left out, and shown in the answer"},
    )
    is_on = fields.Boolean(load_default=True)
    is_active = fields.Boolean(
        load_default=True, metadata={"description": "false: read only, it takes nothing new"}
    )

    @post_load
    def make(self, loaded: dict[str, Any], **more: Any) -> Any:
        """Make the dataclass."""
        is_on, is_active = loaded.pop("is_on"), loaded.pop("is_active")
        has_own_secret = "hook_secret" in loaded
        loaded.setdefault("hook_secret", secrets.token_urlsafe(SECRET_BYTES))
        server = super().make(loaded, **more)
        return Described(server, is_on, is_active, has_own_secret)


class ServerChangeSchema(Schema):
    """What to change of a server; what is absent stays."""

    endpoint = Endpoint()
    public_endpoint = Endpoint()
    region = fields.String(validate=validate.Length(1, 63))
    bucket = fields.String(validate=validate.Length(3, 63))
    access_key = fields.String(validate=validate.Length(3, 128))
    secret_key = Secret()
    hook_secret = Secret()
    city = fields.String(validate=validate.Length(1, 100))
    zone = fields.String(validate=validate.Length(1, 63))
    latitude = fields.Float(validate=validate.Range(-90, 90))
    longitude = fields.Float(validate=validate.Range(-180, 180))
    is_on = fields.Boolean()
    is_active = fields.Boolean()

    @validates_schema(skip_on_field_errors=True)
    def refuse_the_sea(self, loaded: dict[str, Any], **_: Any) -> None:
        """Refuse what a form says that nobody filled in."""
        refuse_nowhere(loaded)

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> ServerChange:
        """Make the dataclass."""
        return ServerChange(loaded)


class ProbedSchema(Schema):
    """What was found out about a server."""

    capabilities = fields.Dict(keys=fields.String(), required=True)
    clock_skew_seconds = fields.Integer(required=True, allow_none=True)
    first_byte_ms = fields.Float(required=True)
    bytes_per_second = fields.Float(required=True)


class AddedServerSchema(ServerDetailSchema):
    """A server that was added."""

    hook_secret = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "only where it was made up here; it is shown once"},
    )
    probed = fields.Nested(ProbedSchema, required=True)


def show_probed(probed: Probed) -> dict[str, Any]:
    """Answer for a probe."""
    return {
        "capabilities": probed.capabilities,
        "clock_skew_seconds": probed.clock_skew_seconds,
        "first_byte_ms": probed.distance.first_byte_ms,
        "bytes_per_second": probed.distance.bytes_per_second,
    }


def show_added(added: Added, hook_secret: str | None) -> dict[str, Any]:
    """Answer for a server that was added."""
    return {
        **show_server(added.server, details=True),
        "hook_secret": hook_secret,
        "probed": show_probed(added.probed),
    }
