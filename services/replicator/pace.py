"""Keeps a slow or dead city from delaying the others that are served by the same reading."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING

from shared.stores import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.replicator.lane import Lane

LOOK_SECONDS = 0.25
# The longest that others wait for one.
LAG_SECONDS = 2.0
# Without others to wait, the longest time in which nothing moves.
STALL_SECONDS = 20.0
# A larger object whose bytes are all sent is not sent again for want of a quick answer.
CHEAP_BYTES = 16_777_216


class TooSlow(Exception):
    """A destination that holds others up is left behind, to be served alone."""


async def give(lanes: Sequence[Lane], piece: bytes, started: float) -> None:
    """Hand a piece to every lane; stop a lane that makes the others wait too long."""
    full = [lane for lane in lanes if lane.is_full]
    others_wait = len(full) < sum(lane.is_open for lane in lanes)
    for lane in lanes:
        began = monotonic()
        await lane.give(piece)
        if others_wait and lane in full:
            lane.held_up_seconds += monotonic() - began
            _leave_behind_if_late(lane, started)


async def watch(lanes: Sequence[Lane], size: int) -> None:
    """Stop lanes on which nothing moves, until cancelled."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        for lane in lanes:
            idle = monotonic() - lane.moved_at
            if not lane.is_open or lane.is_waiting_for_bytes or idle < LAG_SECONDS:
                continue
            if _is_ahead_of(lane, lanes) and (lane.is_full or size <= CHEAP_BYTES):
                lane.store.health.failed()
                _leave_behind(lane)
            elif idle > STALL_SECONDS and lane.is_full:
                lane.store.health.failed()
                lane.stop(StoreUnavailable("it takes no more bytes"))


def _is_ahead_of(slow: Lane, lanes: Sequence[Lane]) -> bool:
    """Whether another lane is done, or could go on if this one did not keep it waiting."""
    others = (lane for lane in lanes if lane is not slow and lane.reason is None)
    return any(lane.is_done or not lane.is_full for lane in others)


def _leave_behind_if_late(lane: Lane, started: float) -> None:
    """A lane may cost the others two seconds, or as much time as they would have needed anyway."""
    elapsed = monotonic() - started
    if lane.held_up_seconds > LAG_SECONDS and lane.held_up_seconds > elapsed / 2:
        _leave_behind(lane)


def _leave_behind(lane: Lane) -> None:
    lane.store.health.held_others_up()
    lane.stop(TooSlow("slower than the other cities"))
