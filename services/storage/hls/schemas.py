"""Playlists and steering in requests and answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from marshmallow import EXCLUDE, Schema, fields, post_load, validate

from services.storage.servers.schemas import ServerSchema, show_server
from services.storage.servers.urls import origins_of
from shared.web.input_fields import Pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.storage.servers.nearest import Ranked

LONGEST_TICKET: Final = 1000
LONGEST_NAME: Final = 255
MASTER: Final = "master.m3u8"
STEERING_SECONDS: Final = 4
MOST_CITIES: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerQuery:
    """What an address of a playlist says beside its name."""

    ticket: str | None
    city: str | None = None
    cities: int = MOST_CITIES
    of: str = MASTER


class PlayerQuerySchema(Schema):
    """Query of a player; what players add themselves (`_HLS_…`) is passed over."""

    class Meta:
        """Players say more than we ask for."""

        unknown = EXCLUDE

    ticket = fields.String(
        load_default=None,
        validate=validate.Length(1, LONGEST_TICKET),
        metadata={"description": "of `POST /folders/{id}/hls-ticket`, instead of a token"},
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> PlayerQuery:
        """Make the dataclass."""
        return PlayerQuery(**loaded)


class PlaylistQuerySchema(PlayerQuerySchema):
    """Query of a playlist."""

    city = fields.String(
        load_default=None,
        validate=Pattern("^[a-z0-9][a-z0-9-]{0,62}$"),
        metadata={
            "description": "name of the server where segments are signed, if it holds them and "
            "answers; the best one when absent",
            "example": "new-york",
        },
    )
    cities = fields.Integer(
        load_default=MOST_CITIES,
        validate=validate.Range(1, MOST_CITIES),
        metadata={
            "description": "for how many cities, the best first, a multivariant playlist names "
            "each variant; 1 for players that do not know Content Steering"
        },
    )


class SteeringQuerySchema(PlayerQuerySchema):
    """Query of a steering manifest."""

    of = fields.String(
        load_default=MASTER,
        validate=validate.Length(1, LONGEST_NAME),
        metadata={"description": "the playlist that is steered"},
    )


class PathwayServerSchema(Schema):
    """A pathway, and the city that it is."""

    pathway = fields.String(required=True)
    origin = fields.String(required=True, metadata={"description": "where its segments come from"})
    server = fields.Nested(ServerSchema, required=True)
    distance_km = fields.Float(required=True, allow_none=True)


# Names that are no words of Python, as RFC 8216bis has them.
SteeringSchema: Final = Schema.from_dict(
    {
        "VERSION": fields.Integer(required=True),
        "TTL": fields.Integer(required=True, metadata={"description": "seconds until it is asked"}),
        "PATHWAY-PRIORITY": fields.List(
            fields.String(), required=True, metadata={"description": "cities, the best first"}
        ),
        "X-CITIES": fields.List(
            fields.Nested(PathwayServerSchema),
            required=True,
            metadata={"description": "what the pathways are, for maps; players pass it over"},
        ),
    },
    name="SteeringSchema",
)


class HlsTicketSchema(Schema):
    """The address of a playlist that needs no token."""

    url = fields.URL(required=True, require_tld=False)
    expires_at = fields.AwareDateTime(required=True)


class HlsTicketWishSchema(Schema):
    """Which playlist is wanted."""

    playlist = fields.String(load_default=MASTER, validate=validate.Length(1, LONGEST_NAME))

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> str:
        """Take the name."""
        return str(loaded["playlist"])


def show_steering(ranked: Sequence[Ranked]) -> dict[str, Any]:
    """Answer for a steering manifest (RFC 8216bis, 7.1)."""
    return {
        "VERSION": 1,
        "TTL": STEERING_SECONDS,
        "PATHWAY-PRIORITY": [choice.server.name for choice in ranked],
        "X-CITIES": [
            {
                "pathway": choice.server.name,
                "origin": "".join(origins_of([choice.server])),
                "server": show_server(choice.server),
                "distance_km": choice.distance_km,
            }
            for choice in ranked
        ],
    }
