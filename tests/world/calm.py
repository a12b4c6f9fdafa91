"""Seconds in which this machine let us run: what a test may hold against a bound."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TICK_SECONDS = 0.02


@contextmanager
def calm_clock() -> Iterator[Callable[[], float]]:
    """Count the seconds of a block by ticks: a pause of the machine is one tick, however long."""
    ticks, ended = 0, threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not ended.wait(TICK_SECONDS):
            ticks += 1

    thread = threading.Thread(target=tick, daemon=True)
    thread.start()
    try:
        yield lambda: ticks * TICK_SECONDS
    finally:
        ended.set()
        thread.join()
