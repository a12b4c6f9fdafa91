"""Where a copy comes from, and where it goes together with others or alone."""

from __future__ import annotations

from contextlib import contextmanager
from math import cos, dist, radians, sin
from typing import TYPE_CHECKING

from shared.catalog.placement import is_open

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from services.replicator.catalog.holdings import Holding
    from services.replicator.copying.lane import Lane
    from services.replicator.workshop import Workshop
    from shared.catalog.servers import Server
    from shared.stores.store import Store

# How many copies may be under way to a server that holds others up.
ALONE = 2


def destinations(shop: Workshop, holdings: Sequence[Holding]) -> list[Store]:
    """Choose servers to copy to now, in one go.

    A server that does not answer, or asked for less, is left for later. One that lately held
    others up is served alone, when the others are done. What is left out stays due, and the sweep
    comes back to it.
    """
    due = [holding.server for holding in holdings if holding.is_due and holding.state != "ERASING"]
    answering = [
        store
        for store in shop.stores_of(due)
        if not store.health.is_down and shop.rooms.has_room(store.server.id)
    ]
    quick = [store for store in answering if not store.health.is_slow]
    slow = [store for store in answering if shop.alone[store.server.id] < ALONE]
    return quick or slow[:1]


def unwelcome(shop: Workshop) -> list[UUID]:
    """Servers that nothing is to be begun with now."""
    stores = shop.stores.opened()
    busy = [
        store for store in stores if store.health.is_slow and shop.alone[store.server.id] >= ALONE
    ]
    down = [store for store in stores if store.health.is_down]
    silent = [store.server.id for store in (*busy, *down)]
    return [*shop.locked(), *shop.rooms.full(), *silent]


@contextmanager
def counted(shop: Workshop, lanes: Sequence[Lane]) -> Iterator[None]:
    """Count copies under way: fresh ones, and those to servers that hold others up."""
    slow = [lane.store.server.id for lane in lanes if lane.store.health.is_slow]
    fresh = [lane.store.server.id for lane in lanes if not lane.claim.is_bulk]
    shop.alone.update(slow)
    shop.fresh.update(fresh)
    try:
        yield
    finally:
        shop.alone.subtract(slow)
        shop.fresh.subtract(fresh)


def sources(shop: Workshop, holdings: Sequence[Holding], lanes: Sequence[Lane]) -> list[Store]:
    """Order the servers that have a verified copy: healthy ones first, then near ones.

    When there is none, one that seemed to have lost its copy is better than nothing.
    """
    on = [item for item in holdings if is_open(item.server)]
    ready = [item.server for item in on if item.state == "READY"]
    holders = ready or [item.server for item in on if item.state == "SUSPECT"]
    targets = [_point(lane.store.server) for lane in lanes]

    def order(store: Store) -> tuple[bool, bool, float]:
        way = sum(dist(_point(store.server), target) for target in targets)
        return store.health.is_down, store.health.is_slow, way

    return sorted(shop.stores_of(holders), key=order)


@contextmanager
def kept_from_the_dead(shop: Workshop, source: Store) -> Iterator[bool]:
    """Whether to read from a server now: few may wait for one that may not answer."""
    server, health = source.server.id, source.health
    may_read = not health.is_down and not (health.is_doubtful and shop.read[server] >= ALONE)
    shop.read[server] += may_read
    try:
        yield may_read
    finally:
        shop.read[server] -= may_read


def _point(server: Server) -> tuple[float, float, float]:
    """A place on a globe of radius 1: straight lines through it order places as distances do."""
    north, east = radians(server.latitude), radians(server.longitude)
    return cos(north) * cos(east), cos(north) * sin(east), sin(north)
