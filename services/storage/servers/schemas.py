"""Servers in answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, validate

from shared.web.etag import etag_of

if TYPE_CHECKING:
    from shared.catalog.servers import Server

SERVER_STATES = ("online", "slow", "offline", "inactive", "draining", "off")


class ServerSchema(Schema):
    """A server as everybody sees it."""

    id = fields.UUID(required=True)
    name = fields.String(required=True, metadata={"example": "cape-town"})
    city = fields.String(required=True, metadata={"example": "Cape Town"})
    zone = fields.String(required=True, metadata={"example": "africa"})
    latitude = fields.Float(required=True, metadata={"description": "degrees north"})
    longitude = fields.Float(required=True, metadata={"description": "degrees east"})
    state = fields.String(
        required=True,
        validate=validate.OneOf(SERVER_STATES),
        metadata={
            "description": "`slow` answers after a second or more, `offline` not at all; the "
            "operator sets `inactive` (takes nothing new), `draining` (its copies go elsewhere) "
            "and `off`"
        },
    )


class ServerDetailSchema(ServerSchema):
    """A server; the part behind `state` only for those with `servers.view`."""

    endpoint = fields.String(metadata={"description": "address for our own services"})
    public_endpoint = fields.String(metadata={"description": "address for clients"})
    region = fields.String()
    bucket = fields.String()
    is_on = fields.Boolean()
    is_active = fields.Boolean()
    is_draining = fields.Boolean()
    takes_writes = fields.Boolean(
        metadata={"description": "false: it answers but refuses to write, as with a full disk"}
    )
    health_since = fields.AwareDateTime(
        metadata={
            "description": "since when it answers, or does not, and takes writes, or does not"
        }
    )
    load_bytes = fields.Integer(
        metadata={
            "description": "bytes of the links to it that all processes gave out in the last 30 "
            "seconds, for uploads and downloads: about what is under way"
        }
    )
    capabilities = fields.Dict(keys=fields.String())
    updated_at = fields.AwareDateTime()


class OriginsSchema(Schema):
    """Where the page uploads to and downloads from."""

    origins = fields.List(fields.String(), required=True)


def server_etag(server: Server) -> str:
    """Make the ETag of a server: of what operators say of it, not of how it is doing."""
    return etag_of(server.id, server.updated_at)


def show_server(server: Server, *, details: bool = False, load_bytes: int = 0) -> dict[str, Any]:
    """Answer for one server; the load is a detail."""
    answer: dict[str, Any] = {
        "id": server.id,
        "name": server.name,
        "city": server.city,
        "zone": server.zone,
        "latitude": server.latitude,
        "longitude": server.longitude,
        "state": server.state,
    }
    if details:
        answer |= {
            "endpoint": server.endpoint,
            "public_endpoint": server.public_endpoint,
            "region": server.region,
            "bucket": server.bucket,
            "is_on": server.is_on,
            "is_active": server.is_active,
            "is_draining": server.is_draining,
            "takes_writes": server.takes_writes,
            "health_since": server.health_since,
            "load_bytes": load_bytes,
            "capabilities": server.capabilities,
            "updated_at": server.updated_at,
        }
    return answer
