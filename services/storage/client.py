"""Who the client of a request is, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from services.storage.caller import Caller
from services.storage.keys import FLEET
from shared.geo import Place
from shared.web.client_ip import client_ip
from shared.web.client_place import client_place
from shared.web.identity import IDENTITY

if TYPE_CHECKING:
    from aiohttp import web

PLACE = "X-Client-Place"
PLAIN = " '(),."


def caller_of(request: web.Request) -> Caller:
    """Who is asking, from where; on a public route that is nobody."""
    identity = request.get(IDENTITY)
    place = place_of(request)
    return Caller(
        user_id=identity.user_id if identity else None,
        ip=place.ip or client_ip(request),
        place=place,
    )


def place_of(request: web.Request) -> Place:
    """Find the client's place by the rules of the real or the fake mode."""
    place = client_place(request)
    return _draw(request) if place.mode == "drawn" else place


def place_header(place: Place) -> dict[str, str]:
    """Tell the client where it was taken to be; other letters than ASCII are percent-encoded."""
    parts = {
        "ip": place.ip,
        "city": f'"{quote(place.city, safe=PLAIN)}"' if place.city else None,
        "lat": place.latitude,
        "lon": place.longitude,
        "mode": place.mode,
    }
    known = (f"{name}={part}" for name, part in parts.items() if part is not None)
    return {PLACE: "; ".join(known)}


def _draw(request: web.Request) -> Place:
    """One of our cities, the same one as long as the session or the address lasts."""
    servers = request.app[FLEET].servers()
    if not servers:
        return Place(mode="drawn")
    identity = request.get(IDENTITY)
    draw = identity.session_id.int if identity else int(client_ip(request))
    server = servers[draw % len(servers)]
    return Place(
        mode="drawn", city=server.city, latitude=server.latitude, longitude=server.longitude
    )
