"""Where the client of a request is: by its own address, or by one that it or a setting names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web

from shared.addresses import read_address
from shared.env import GeoSettings
from shared.errors import MALFORMED_REQUEST, MeridianError
from shared.geo import Atlas, Place
from shared.web.client_ip import client_ip

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from shared.addresses import Address

FAKE_IP: Final = "X-Fake-IP"
ATLAS: Final = web.AppKey("atlas", Atlas)
GEO: Final = web.AppKey("geo", GeoSettings)


def open_atlas(geo: GeoSettings) -> Callable[[web.Application], AsyncIterator[None]]:
    """Make a cleanup context that offers what `client_place` needs."""

    async def resource(app: web.Application) -> AsyncIterator[None]:
        app[GEO] = geo
        atlas = app[ATLAS] = Atlas(geo.files)
        yield
        atlas.close()

    return resource


def client_place(request: web.Request) -> Place:
    """Find the client's place by the rules of the real or the fake mode; MALFORMED_REQUEST.

    Where fake mode knows no address, one is still to be drawn.
    """
    geo = request.app[GEO]
    if geo.use_real_ip:
        return request.app[ATLAS].find_place(client_ip(request), "real")
    named = request.headers.get(FAKE_IP)
    fake = read_ip(named) if named else geo.fake_ip
    return request.app[ATLAS].find_place(fake, "fake") if fake else Place(mode="drawn")


def read_ip(text: str) -> Address:
    """Read an address that a client named; MALFORMED_REQUEST."""
    try:
        return read_address(text)
    except ValueError as error:
        raise MeridianError(MALFORMED_REQUEST, f"{FAKE_IP} is not an IP address") from error
