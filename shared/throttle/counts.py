"""Counts of one process: what it lets in itself, and all there is while Redis is away."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.throttle.lanes import Lane

MOST_LANES: Final = 50_000
# An attempt of which nobody says how it ended, as its process died, counts for so long.
LONGEST_ATTEMPT: Final = 60.0
# An attempt that others in its lane leave no room for comes again after so long.
PENDING_SECONDS: Final = 1.0


@dataclass(slots=True)
class Count:
    """What is known of a lane; times in seconds."""

    failures: int = 0
    pending: int = 0
    closed_until: float = 0
    seen_at: float = 0


class Counts:
    """Counts attempts in memory, those of the lanes that were used last."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._counts: dict[str, Count] = {}

    async def begin(self, lane: Lane) -> float:
        """Let an attempt begin and return 0, or the seconds that it has to wait."""
        now = self._clock()
        count = self._take(lane, now)
        if now < count.closed_until:
            return count.closed_until - now
        if count.pending >= lane.rule.at_once_after(count.failures):
            return PENDING_SECONDS
        count.pending += 1
        count.seen_at = now
        return 0

    async def end(self, lane: Lane, *, has_failed: bool) -> None:
        """Say how an attempt that began has ended."""
        now = self._clock()
        count = self._take(lane, now)
        count.pending = max(0, count.pending - 1)
        if has_failed:
            count.failures += 1
            count.closed_until = now + lane.rule.wait_after(count.failures)
            count.seen_at = now
        elif not (count.failures or count.pending):
            del self._counts[lane.name]

    def _take(self, lane: Lane, now: float) -> Count:
        count = self._counts.pop(lane.name, None)
        if count is None or count.seen_at + lane.rule.forget <= now:
            count = Count()
        if count.seen_at + LONGEST_ATTEMPT <= now:
            count.pending = 0
        if len(self._counts) >= MOST_LANES:
            self._counts.pop(next(iter(self._counts)))
        self._counts[lane.name] = count
        return count
