"""Which server a client gets and why, and what clients report, in requests and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from services.storage.servers.measures import Report
from services.storage.servers.schemas import ServerSchema, show_server
from shared.web.input_fields import Whole

if TYPE_CHECKING:
    from services.storage.servers.nearest import Ranked
    from shared.geo import Place

MOST_MS = 86_400_000
LARGEST_BIGINT = 0x7FFFFFFFFFFFFFFF


class RankedSchema(Schema):
    """One server with the parts of its score."""

    server = fields.Nested(ServerSchema, required=True)
    rank = fields.Integer(required=True, metadata={"description": "1 is chosen"})
    is_healthy = fields.Boolean(required=True)
    distance_km = fields.Float(required=True, allow_none=True)
    measured_ms = fields.Float(
        required=True,
        allow_none=True,
        metadata={
            "description": "time to the first byte as the client's network (/24, /48) reported it "
            "lately; null: nothing was reported, or nobody knows at the moment"
        },
    )
    penalty_ms = fields.Float(
        required=True,
        metadata={
            "description": "lost against what the distance promises, by those reports; it fades "
            "away within seconds"
        },
    )
    score_ms = fields.Float(
        required=True,
        metadata={"description": "the least is best: 0.02 ms a kilometre and the penalty"},
    )
    load_bytes = fields.Integer(
        required=True,
        metadata={
            "description": "of links given out for it a moment ago; it decides among servers "
            "whose scores are nearly equal"
        },
    )
    recent_links = fields.Integer(
        required=True,
        metadata={"description": "links that this process gave out for it in the last minute"},
    )
    reason = fields.String(required=True)


class PlaceSchema(Schema):
    """Where the client is taken to be."""

    ip = fields.String(required=True, allow_none=True)
    city = fields.String(required=True, allow_none=True)
    country = fields.String(required=True, allow_none=True)
    latitude = fields.Float(required=True, allow_none=True)
    longitude = fields.Float(required=True, allow_none=True)
    mode = fields.String(
        required=True,
        validate=validate.OneOf(("real", "fake", "drawn")),
        metadata={"description": "`drawn`: no address was named, so one of our cities is taken"},
    )


class RouteSchema(Schema):
    """How the servers are ranked for a client."""

    place = fields.Nested(PlaceSchema, required=True)
    items = fields.List(fields.Nested(RankedSchema), required=True)


class ReportSchema(Schema):
    """What a client saw of a server it was sent to."""

    server = fields.String(
        required=True, validate=validate.Length(1, 63), metadata={"example": "cape-town"}
    )
    ttfb_ms = fields.Float(
        required=True,
        validate=validate.Range(0, MOST_MS),
        metadata={"description": "until the first byte of the answer"},
    )
    bytes = Whole(required=True, validate=validate.Range(0, LARGEST_BIGINT))
    ms = fields.Float(
        required=True,
        validate=validate.Range(0, MOST_MS),
        metadata={"description": "until the last byte"},
    )
    ok = fields.Boolean(load_default=True, metadata={"description": "whether it went well"})

    @validates_schema(skip_on_field_errors=True)
    def check(self, loaded: dict[str, Any], **_: Any) -> None:
        """Refuse a first byte after the last."""
        if loaded["ttfb_ms"] > loaded["ms"]:
            raise ValidationError("It is longer than `ms`.", "ttfb_ms")

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> tuple[str, Report]:
        """Make the dataclass; the name of the server beside it."""
        return loaded.pop("server"), Report(**loaded)


def show_ranked(ranked: list[Ranked]) -> list[dict[str, Any]]:
    """Answer for a ranking, best first."""
    return [
        {
            "server": show_server(choice.server),
            "rank": position,
            "is_healthy": choice.is_healthy,
            "distance_km": choice.distance_km,
            "measured_ms": felt and round(felt.ttfb_ms, 1),
            "penalty_ms": round(choice.penalty_ms, 1),
            "score_ms": round(choice.score_ms, 1),
            "load_bytes": choice.condition.load_bytes,
            "recent_links": choice.condition.recent_links,
            "reason": choice.reason,
        }
        for position, choice in enumerate(ranked, start=1)
        for felt in (choice.condition.felt,)
    ]


def show_place(place: Place) -> dict[str, Any]:
    """Answer for the place of a client."""
    return {
        "ip": None if place.ip is None else str(place.ip),
        "city": place.city,
        "country": place.country,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "mode": place.mode,
    }
