"""Which server is best for a client: pure, and able to say why."""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from shared.catalog.servers import Server
    from shared.geo import Place

EARTH_RADIUS_KM = 6371.0088
# Servers whose distance differs by less than this are as near as each other: load decides.
SAME_DISTANCE_KM = 50


@dataclass(frozen=True, slots=True)
class Ranked:
    """One server with the parts of its score; no distance for a client without a place."""

    server: Server
    is_healthy: bool
    is_slow: bool
    distance_km: float | None
    recent_links: int
    reason: str


@dataclass(frozen=True, slots=True)
class Condition:
    """How a server is doing: `recent_links` are those given out for it in the last minute.

    `refuses`: it answers, and does not take what is to be written.
    """

    answers: bool
    recent_links: int
    is_slow: bool = False
    refuses: bool = False

    @property
    def is_healthy(self) -> bool:
        """Whether somebody may be sent there."""
        return self.answers and not self.refuses


def distance_km(latitude: float, longitude: float, server: Server) -> float:
    """Great-circle distance between points in degrees, by the haversine formula."""
    north = _square_of_half_sine(server.latitude - latitude)
    east = _square_of_half_sine(server.longitude - longitude)
    chord = north + cos(radians(latitude)) * cos(radians(server.latitude)) * east
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(1, chord)))


def _square_of_half_sine(degrees: float) -> float:
    return sin(radians(degrees) / 2) ** 2


def rank(
    place: Place, servers: Iterable[Server], condition: Callable[[Server], Condition]
) -> list[Ranked]:
    """Order servers from best to worst: healthy ones, quick ones, near ones, idle ones first."""
    ranked = [_weigh(place, server, condition(server)) for server in servers]
    return sorted(ranked, key=_order)


def _weigh(place: Place, server: Server, condition: Condition) -> Ranked:
    distance = None
    reason = "the client's place is unknown, so the least busy server is best"
    if place.latitude is not None and place.longitude is not None:
        distance = round(distance_km(place.latitude, place.longitude, server), 1)
        reason = f"{distance:.0f} km away"
    return Ranked(
        server,
        condition.is_healthy,
        condition.is_slow,
        distance,
        condition.recent_links,
        "; ".join((*_complaints(condition), reason)),
    )


def _complaints(condition: Condition) -> Iterator[str]:
    if not condition.answers:
        yield "does not answer"
    elif condition.is_slow:
        yield "answers slowly"
    if condition.refuses:
        yield "takes no uploads now"


def _order(ranked: Ranked) -> tuple[bool, bool, int, int, float, str]:
    distance = ranked.distance_km or 0
    band = int(distance // SAME_DISTANCE_KM)
    is_best = (not ranked.is_healthy, ranked.is_slow)
    return *is_best, band, ranked.recent_links, distance, ranked.server.name
