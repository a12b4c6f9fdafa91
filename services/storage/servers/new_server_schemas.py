"""A server that an operator describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from shared.catalog.servers import NewServer
from shared.strength import SHORTEST, weakness
from shared.web.input_fields import Pattern
from shared.web_address import canonical_address

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_ADDRESS = 2000
ALSO_TAKEN = "IP addresses and ports of five digits are taken, too"
LONGEST_SECRET = 255
NAME = Pattern("^[a-z0-9][a-z0-9-]{0,62}$")


class Endpoint(fields.String):
    """The address of an S3 server, in its one form."""

    longest = LONGEST_ADDRESS
    pattern = (
        r"^https?://[a-z][a-z0-9-]*[a-z0-9](?:\.[a-z][a-z0-9-]*[a-z0-9])*(?::[1-9][0-9]{0,3})?$"
    )

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return canonical_address(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error


class Secret(fields.String):
    """A secret that cannot be guessed."""

    form = "password"
    shortest = SHORTEST
    longest = LONGEST_SECRET

    def __init__(self, **more: Any) -> None:
        length = validate.Length(max=LONGEST_SECRET)
        super().__init__(load_only=True, validate=(strong, length), **more)


def strong(secret: str) -> None:
    """Refuse a secret that can be guessed."""
    because = weakness(secret)
    if because:
        raise ValidationError(because)


def refuse_nowhere(loaded: Mapping[str, Any]) -> None:
    """Raise ValidationError for latitude and longitude 0: there is only sea."""
    if loaded.get("latitude") == 0 and loaded.get("longitude") == 0:
        raise ValidationError("There is only sea at 0, 0: where is the city?", "latitude")


class NewServerSchema(Schema):
    """An S3 server and where it stands."""

    name = fields.String(required=True, validate=NAME, metadata={"example": "cape-town"})
    endpoint = Endpoint(
        required=True, metadata={"description": f"address for our own services; {ALSO_TAKEN}"}
    )
    public_endpoint = Endpoint(
        load_default=None,
        allow_none=True,
        metadata={"description": f"address for clients; the same when left out; {ALSO_TAKEN}"},
    )
    region = fields.String(load_default="us-east-1", validate=validate.Length(1, 63))
    bucket = fields.String(required=True, validate=validate.Length(3, 63))
    access_key = fields.String(required=True, validate=validate.Length(3, 128))
    secret_key = Secret(required=True)
    hook_secret = Secret(required=True)
    hook_without_secret = fields.Boolean(
        load_default=False,
        metadata={"description": "its webhook cannot send the secret, so it is a mere hint"},
    )
    city = fields.String(required=True, validate=validate.Length(1, 100))
    zone = fields.String(required=True, validate=validate.Length(1, 63))
    latitude = fields.Float(required=True, validate=validate.Range(-90, 90))
    longitude = fields.Float(required=True, validate=validate.Range(-180, 180))

    @validates_schema(skip_on_field_errors=True)
    def refuse_the_sea(self, loaded: dict[str, Any], **_: Any) -> None:
        """Refuse what a form says that nobody filled in."""
        refuse_nowhere(loaded)

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> NewServer:
        """Make the dataclass."""
        loaded["public_endpoint"] = loaded["public_endpoint"] or loaded["endpoint"]
        if loaded.pop("hook_without_secret"):
            loaded["capabilities"] = {"hook_without_secret": True}
        return NewServer(**loaded)
