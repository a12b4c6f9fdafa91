"""Which server is best for a client: pure, and able to say why."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from math import asin, cos, radians, sin, sqrt
from random import sample
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from services.storage.servers.measures import Felt
    from shared.catalog.servers import Server
    from shared.geo import Place

EARTH_RADIUS_KM = 6371.0088
# Clients sit in the same places again and again: enough for 3 servers and 20,000 places.
KNOWN_DISTANCES = 65_536
# Light in glass there and back, and the detours of cables.
MS_PER_KM = 0.02
# Servers whose scores differ by less are as good as each other, as those of one city: load decides.
# It is what 50 km make.
SAME_SCORE_MS = 1.0
# An answer may take so long before anybody looks for another server, and a bad one counts so much.
TOLERATED_MS = 500.0
WORST_MS = 2000.0
# Loads that differ by less are equal; then the number of links decides.
SAME_LOAD_BYTES = 0x1000000  # 16 MiB


@dataclass(frozen=True, slots=True)
class Condition:
    """How a server is doing: `recent_links` are those given out for it in the last minute.

    `refuses`: it answers, and does not take what is to be written. `load_bytes` are those of links
    given out by all processes a moment ago, `felt` is what the client's network reported.
    """

    answers: bool
    recent_links: int
    is_slow: bool = False
    refuses: bool = False
    load_bytes: int = 0
    felt: Felt | None = None

    @property
    def is_healthy(self) -> bool:
        """Whether somebody may be sent there."""
        return self.answers and not self.refuses


@dataclass(frozen=True, slots=True)
class Ranked:
    """One server with the parts of its score; no distance for a client without a place.

    The least score is best: the milliseconds that the distance takes, and those that are lost as
    the client's network reported, which fade away.
    """

    server: Server
    condition: Condition
    distance_km: float | None
    penalty_ms: float
    score_ms: float

    @property
    def is_healthy(self) -> bool:
        """Whether somebody may be sent there."""
        return self.condition.is_healthy

    @property
    def reason(self) -> str:
        """Why it stands where it does, in words."""
        return "; ".join(_reasons(self))


@lru_cache(KNOWN_DISTANCES)
def distance_km(latitude: float, longitude: float, north: float, east: float) -> float:
    """Great-circle distance between two points in degrees, to 100 m, by the haversine formula."""
    up = sin(radians(north - latitude) / 2)
    along = sin(radians(east - longitude) / 2)
    narrowing = cos(radians(latitude)) * cos(radians(north))
    chord = up**2 + narrowing * along**2
    return round(2 * EARTH_RADIUS_KM * asin(sqrt(min(1, chord))), 1)


def rank(
    place: Place, servers: Iterable[Server], condition: Callable[[Server], Condition]
) -> list[Ranked]:
    """Order servers from best to worst: healthy ones, quick ones, near ones, idle ones first."""
    return sorted((_weigh(place, server, condition(server)) for server in servers), key=_order)


def draw(ranked: Sequence[Ranked]) -> list[Ranked]:
    """Let one of two of the best, drawn by lot, come first: the one with less load.

    What is known of load is a moment old; if all processes took the least loaded server, it would
    be the busiest in the next moment (power of two choices).
    """
    best = list(takewhile(lambda one: _band(one) == _band(ranked[0]), ranked))
    if len(best) < 3:
        return list(ranked)
    # No secret depends on it.
    first = min(sample(best, 2), key=_order)
    return [first, *(one for one in ranked if one is not first)]


def _weigh(place: Place, server: Server, condition: Condition) -> Ranked:
    distance = None
    if place.latitude is not None and place.longitude is not None:
        distance = distance_km(place.latitude, place.longitude, server.latitude, server.longitude)
    expected = (distance or 0) * MS_PER_KM
    penalty = 0.0 if condition.felt is None else _penalty(condition.felt, expected)
    return Ranked(server, condition, distance, penalty, expected + penalty)


def _penalty(felt: Felt, expected: float) -> float:
    late = max(0, felt.ttfb_ms - expected - TOLERATED_MS) + felt.lag_ms
    return min(WORST_MS, late) * felt.weight


def _reasons(ranked: Ranked) -> Iterator[str]:
    condition = ranked.condition
    if not condition.answers:
        yield "does not answer"
    elif condition.is_slow:
        yield "answers slowly"
    if condition.refuses:
        yield "takes no uploads now"
    if ranked.penalty_ms >= SAME_SCORE_MS:
        yield f"was {ranked.penalty_ms:.0f} ms slower than it should be, seen from there"
    if ranked.distance_km is None:
        yield "the client's place is unknown, so the least busy server is best"
    else:
        yield f"{ranked.distance_km:.0f} km away"


def _band(ranked: Ranked) -> tuple[bool, bool, int]:
    condition = ranked.condition
    return not condition.is_healthy, condition.is_slow, int(ranked.score_ms // SAME_SCORE_MS)


def _order(ranked: Ranked) -> tuple[bool, bool, int, int, int, float, str]:
    condition = ranked.condition
    load = condition.load_bytes // SAME_LOAD_BYTES
    return *_band(ranked), load, condition.recent_links, ranked.score_ms, ranked.server.name
