"""Downloads in requests and answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from services.storage.downloads.offer import ALTERNATES
from services.storage.servers.schemas import ServerSchema, show_server
from shared.addresses import read_address

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from services.storage.downloads.offer import Download
    from services.storage.servers.fleet import Fleet
    from shared.addresses import Address


MOST_ALTERNATES = 50


VERSION: dict[str, Any] = {
    "load_default": None,
    "allow_none": True,
    "validate": validate.Range(1, 2**31 - 1),
    "metadata": {"description": "an older version; the current one when absent"},
}


class Inline(fields.Boolean):
    """Whether it is to be shown where it lies."""

    def __init__(self) -> None:
        super().__init__(
            load_default=False,
            metadata={
                "description": "show it instead of saving it, if it is an image (no SVG), audio, "
                "video, PDF or plain text"
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadQuery:
    """Which version, how it is to be shown, and whether to be sent there at once."""

    version: int | None
    inline: bool
    alternates: int
    redirect: bool


class DownloadQuerySchema(Schema):
    """Query of a download."""

    version = fields.Integer(**VERSION)
    inline = Inline()
    alternates = fields.Integer(
        load_default=ALTERNATES,
        validate=validate.Range(0, MOST_ALTERNATES),
        metadata={"description": "how many other servers are named at most"},
    )
    redirect = fields.Boolean(
        load_default=False,
        metadata={
            "description": "answer 302 to the link itself; refused to programs that are known to "
            "send the token on to the S3 server (wget, aria2, axel, urllib, Go, Java, LWP): "
            "ask for a ticket"
        },
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> DownloadQuery:
        """Make the dataclass."""
        return DownloadQuery(**loaded)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteQuery:
    """For which file and which address; for an upload and the caller when absent."""

    file_id: UUID | None
    ip: Address | None


class IpAddress(fields.IP):
    """An IPv4 or IPv6 address without a scope."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Address:
        try:
            return read_address(str(value))
        except ValueError as error:
            raise ValidationError("Not a valid IP address.") from error


class RouteQuerySchema(Schema):
    """Query of an explanation."""

    file_id = fields.UUID(load_default=None)
    ip = IpAddress(
        load_default=None,
        metadata={
            "description": "IPv4 or IPv6 address",
            "anyOf": [{"format": "ipv4"}, {"format": "ipv6"}],
        },
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> RouteQuery:
        """Make the dataclass."""
        return RouteQuery(**loaded)


class AlternateSchema(Schema):
    """Another server that holds the file."""

    server = fields.Nested(ServerSchema, required=True)
    url = fields.URL(required=True, require_tld=False)


class Sha256(fields.String):
    """What tells that two answers of S3 servers are of the same bytes."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            allow_none=True,
            metadata={
                "description": "hexadecimal: the same on every server and for ever, which an ETag "
                "of an S3 server is not; null until the first copy was made"
            },
            **more,
        )


class DownloadSchema(Schema):
    """A link that works for a few minutes, and others should its server fail."""

    url = fields.URL(required=True, require_tld=False)
    expires_at = fields.AwareDateTime(required=True)
    server = fields.Nested(ServerSchema, required=True)
    distance_km = fields.Float(required=True, allow_none=True)
    alternates = fields.List(fields.Nested(AlternateSchema), required=True)
    version = fields.Integer(required=True)
    size = fields.Integer(required=True, metadata={"description": "bytes"})
    sha256 = Sha256(required=True)


def show_download(fleet: Fleet, download: Download) -> dict[str, Any]:
    """Answer for a download."""
    (best, url), *others = download.links
    held = download.held
    return {
        "url": url,
        "expires_at": download.expires_at,
        "server": show_server(best.server),
        "distance_km": best.distance_km,
        "alternates": [
            {"server": show_server(other.server), "url": other_url} for other, other_url in others
        ],
        "version": held.number,
        "size": held.size,
        "sha256": None if held.sha256 is None else held.sha256.hex(),
    }
