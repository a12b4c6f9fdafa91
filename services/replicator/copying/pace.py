"""Keeps a slow or dead city from delaying the others that are served by the same reading."""

from __future__ import annotations

import asyncio
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from services.replicator.copying.beside import beside
from shared.stores.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager

    from services.replicator.copying.lane import Lane

LOOK_SECONDS = 0.1
# The longest that others wait for one.
LAG_SECONDS = 2.0
# Without others that wait, the longest time in which nothing moves.
STALL_SECONDS = 20.0
# A larger object whose bytes are all sent is not sent again for want of a quick answer.
CHEAP_BYTES = 16_777_216


class TooSlow(Exception):
    """A destination that holds others up is left behind, to be served alone."""


def kept_pace(lanes: Sequence[Lane], size: int) -> AbstractAsyncContextManager[None]:
    """Stop lanes that hold others up, or on which nothing moves."""
    return beside(partial(_watch, lanes, size, monotonic()), after=LOOK_SECONDS)


async def _watch(lanes: Sequence[Lane], size: int, began: float) -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        for lane in lanes:
            if lane.is_open:
                _look_at(lane, [other for other in lanes if other is not lane])
        seconds = monotonic() - began
        too_late = [lane for lane in lanes if _is_late(lane, lanes, seconds, size)]
        for late in too_late:
            late.store.health.held_others_up()
            _stop(late, TooSlow("slower than the other cities"))


def _look_at(lane: Lane, others: Sequence[Lane]) -> None:
    if lane.is_full and any(other.is_starving for other in others):
        lane.held_up_seconds += LOOK_SECONDS
    elif lane.is_full and lane.idle_seconds > STALL_SECONDS:
        _stop(lane, StoreUnavailable("it takes no more bytes"))


def _is_late(lane: Lane, lanes: Sequence[Lane], elapsed: float, size: int) -> bool:
    """A lane may cost the others two seconds, or as much time as they would have needed anyway."""
    if not lane.is_open:
        return False
    if lane.held_up_seconds > max(LAG_SECONDS, elapsed / 2):
        return True
    is_last = any(other.is_done and other.reason is None for other in lanes)
    return is_last and size <= CHEAP_BYTES and lane.idle_seconds > LAG_SECONDS


def _stop(lane: Lane, reason: Exception) -> None:
    if lane.idle_seconds > LAG_SECONDS:
        lane.store.health.failed()
    lane.stop(reason)
