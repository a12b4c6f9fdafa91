"""What a player needs, in answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from marshmallow import Schema, fields

if TYPE_CHECKING:
    from examples.movies.family.storage import Said


class CitySchema(Schema):
    """A server of storage, as it tells everybody."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    city = fields.String(required=True)
    zone = fields.String(required=True)
    latitude = fields.Float(required=True)
    longitude = fields.Float(required=True)
    state = fields.String(required=True)


class OtherSchema(Schema):
    """Another city that holds the file."""

    server = fields.Nested(CitySchema, required=True)
    url = fields.URL(required=True, require_tld=False)


class PlaylistSchema(Schema):
    """The address of a playlist that any player can open."""

    url = fields.URL(required=True, require_tld=False)
    expires_at = fields.AwareDateTime(required=True)


class PlaySchema(Schema):
    """The download answer of storage for the file of the film, and its playlist if it has one."""

    url = fields.URL(required=True, require_tld=False, allow_none=True)
    expires_at = fields.AwareDateTime(required=True, allow_none=True)
    server = fields.Nested(CitySchema, required=True, allow_none=True)
    distance_km = fields.Float(required=True, allow_none=True)
    alternates = fields.List(fields.Nested(OtherSchema), required=True)
    playlist = fields.Nested(PlaylistSchema, required=True, allow_none=True)


class PosterSchema(Schema):
    """Where the poster is, for some minutes."""

    url = fields.URL(required=True, require_tld=False)
    expires_at = fields.AwareDateTime(required=True)


OF_LINK: Final = ("url", "expires_at", "server", "distance_km")


def show_play(link: Said | None, playlist: Said | None) -> dict[str, Any]:
    """Answer for a film that is to be played; as storage said it."""
    known = link or {}
    return {
        **{name: known.get(name) for name in OF_LINK},
        "alternates": known.get("alternates", []),
        "playlist": playlist,
    }
