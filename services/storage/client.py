"""Who the client of a request is, and where."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import quote

from services.storage.caller import Caller
from services.storage.geo import Place
from services.storage.keys import ATLAS, FLEET, SETTINGS
from shared.errors import MALFORMED_REQUEST, MeridianError
from shared.web.client_ip import client_ip
from shared.web.identity import IDENTITY

if TYPE_CHECKING:
    from aiohttp import web

    from services.storage.geo import Address

FAKE_IP = "X-Fake-IP"
PLACE = "X-Client-Place"
PLAIN = " '(),."
# What follows it names an interface of some machine, in any letters.
SCOPE = "%"


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
    settings = request.app[SETTINGS]
    if settings.use_real_ip:
        return request.app[ATLAS].find_place(client_ip(request), "real")
    named = request.headers.get(FAKE_IP)
    fake = read_ip(named) if named else settings.fake_ip
    if fake is not None:
        return request.app[ATLAS].find_place(fake, "fake")
    return _draw(request)


def read_ip(text: str) -> Address:
    """Read an address that a client named, without a scope; MALFORMED_REQUEST."""
    refusal = MeridianError(MALFORMED_REQUEST, f"{FAKE_IP} is not an IP address")
    if SCOPE in text:
        raise refusal
    try:
        return ip_address(text.strip())
    except ValueError as error:
        raise refusal from error


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
