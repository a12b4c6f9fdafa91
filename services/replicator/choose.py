"""Where a copy comes from, and where it goes together with others or alone."""

from __future__ import annotations

from math import cos, dist, radians, sin
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.replicator.lane import Lane
    from services.replicator.workshop import Workshop
    from shared.catalog.replicas import Holding
    from shared.catalog.servers import Server
    from shared.stores import Store

# How many copies may be under way to a server that holds others up.
ALONE = 2


def destinations(shop: Workshop, holdings: Sequence[Holding]) -> list[Holding]:
    """Choose servers to copy to now, in one go.

    A server that does not answer is left for later. One that lately held others up is served
    alone, when the others are done. What is left out stays due, and the sweep comes back to it.
    """
    due = [holding for holding in holdings if holding.is_due and holding.state != "ERASING"]
    health = {holding: shop.stores.of(holding.server).health for holding in due}
    answering = [holding for holding in due if not health[holding].is_down]
    quick = [holding for holding in answering if not health[holding].is_slow]
    slow = [holding for holding in answering if shop.alone[holding.server.id] < ALONE]
    return quick or slow[:1]


def sources(
    shop: Workshop, holdings: Sequence[Holding], lanes: Sequence[Lane]
) -> list[Store]:
    """Order the servers that have a verified copy: healthy ones first, then near ones."""
    ready = [
        shop.stores.of(holding.server)
        for holding in holdings
        if holding.state == "READY" and holding.server.is_on
    ]
    targets = [_point(lane.store.server) for lane in lanes]

    def order(store: Store) -> tuple[bool, bool, float]:
        way = sum(dist(_point(store.server), target) for target in targets)
        return store.health.is_down, store.health.is_slow, way

    return sorted(ready, key=order)


def _point(server: Server) -> tuple[float, float, float]:
    """A place on a globe of radius 1: straight lines through it order places as distances do."""
    north, east = radians(server.latitude), radians(server.longitude)
    return cos(north) * cos(east), cos(north) * sin(east), sin(north)
