"""How fast servers answer people of one network, as their programs report it.

A report counts only for the network it came from, so whoever lies misleads nobody but neighbours.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from shared.geo import Place

IPV4_PREFIX: Final = 24
IPV6_PREFIX: Final = 48
MOST_NETWORKS: Final = 10_000
# How much a new report counts against all before it, and when what was said is worth half.
NEW_SHARE: Final = 0.3
HALF_LIFE_SECONDS: Final = 15.0
FORGET_SECONDS: Final = 600.0
# As good as lost.
FAILED_MS: Final = 10_000.0
MEBIBYTE: Final = 1024 * 1024
# Shorter transfers say nothing of the speed of a line.
TELLING_BYTES: Final = MEBIBYTE // 4
# There is nothing to complain of when a mebibyte takes no longer.
FAST_MIB_MS: Final = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a program saw: milliseconds until the first byte and in all, of so many bytes."""

    ttfb_ms: float
    ms: float
    bytes: int
    ok: bool = True

    @property
    def first_byte_ms(self) -> float:
        """How long the answer took; that of a failure took very long."""
        return self.ttfb_ms if self.ok else max(self.ttfb_ms, FAILED_MS)

    @property
    def mib_ms(self) -> float | None:
        """How long a mebibyte takes; None when there were too few bytes to tell."""
        if not self.ok or self.bytes < TELLING_BYTES:
            return None
        return (self.ms - self.ttfb_ms) * MEBIBYTE / self.bytes


@dataclass(frozen=True, slots=True)
class Measure:
    """The mean of what was reported, newer ones counting more; `at` as seconds of the epoch."""

    ttfb_ms: float
    mib_ms: float | None
    at: float

    def weight(self, now: float) -> float:
        """How much it still says: 1 when new, half of it every few seconds."""
        return float(0.5 ** (max(0.0, now - self.at) / HALF_LIFE_SECONDS))

    def with_report(self, report: Report, now: float) -> Measure:
        """The mean with one report more; what is old counts less."""
        old = (1 - NEW_SHARE) * self.weight(now)
        share = NEW_SHARE / (old + NEW_SHARE)
        ttfb_ms = self.ttfb_ms + share * (report.first_byte_ms - self.ttfb_ms)
        mib_ms = report.mib_ms
        if mib_ms is None:
            mib_ms = self.mib_ms
        elif self.mib_ms is not None:
            mib_ms = self.mib_ms + share * (mib_ms - self.mib_ms)
        return Measure(ttfb_ms, mib_ms, now)


@dataclass(frozen=True, slots=True)
class Felt:
    """A server as one network feels it now; `lag_ms`: a mebibyte takes so much longer there."""

    ttfb_ms: float
    lag_ms: float
    weight: float


NOTHING_FELT: Final[Mapping[UUID, Felt]] = {}


class Measures:
    """What is known of each network; those nobody came from for longest are forgotten."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, dict[UUID, Measure]] = OrderedDict()

    def note(self, network: str, server_id: UUID, report: Report, now: float) -> Measure:
        """Take a report in."""
        known = self._known.setdefault(network, {})
        before = known.get(server_id)
        if before is None:
            measure = Measure(report.first_byte_ms, report.mib_ms, now)
        else:
            measure = before.with_report(report, now)
        known[server_id] = measure
        self._keep(network)
        return measure

    def learn(self, network: str, known: dict[UUID, Measure]) -> None:
        """Take over what all processes know of a network."""
        if known:
            self._known[network] = known
            self._keep(network)
        else:
            self._known.pop(network, None)

    def forget(self) -> None:
        """Know nothing any more."""
        self._known.clear()

    def felt(self, network: str | None, now: float) -> Mapping[UUID, Felt]:
        """How a network feels the servers now."""
        known = self._known.get(network or "")
        if not known:
            return NOTHING_FELT
        times = sorted(one.mib_ms for one in known.values() if one.mib_ms is not None)
        usual = max(FAST_MIB_MS, times[0]) if len(times) > 1 else FAST_MIB_MS
        return {
            server_id: Felt(one.ttfb_ms, max(0.0, (one.mib_ms or 0) - usual), one.weight(now))
            for server_id, one in known.items()
            if now - one.at < FORGET_SECONDS
        }

    def _keep(self, network: str) -> None:
        self._known.move_to_end(network)
        if len(self._known) > MOST_NETWORKS:
            self._known.popitem(last=False)


def network_of(place: Place) -> str | None:
    """Who shares the way to our servers; a place that was drawn is as a network of its own."""
    if place.ip is not None:
        prefix = IPV4_PREFIX if place.ip.version == 4 else IPV6_PREFIX
        return str(ip_network((place.ip.packed, prefix), strict=False))
    return place.city and f"drawn in {place.city}"
