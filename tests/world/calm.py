"""Seconds in which this machine let us run: what a test may hold against a bound."""

from __future__ import annotations

import asyncio
import threading
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

TICK_SECONDS: Final = 0.02
# Until a test gives up what hangs; how long it took is not what the test is about.
PATIENCE_SECONDS: Final = 60


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


@asynccontextmanager
async def calm_timeout(seconds: float) -> AsyncIterator[None]:
    """Raise TimeoutError when a block takes more than so many seconds of the calm clock."""
    with calm_clock() as passed:
        async with asyncio.timeout(None) as timeout:

            async def watch() -> None:
                while passed() < seconds:
                    await asyncio.sleep(TICK_SECONDS)
                timeout.reschedule(0)

            watching = asyncio.create_task(watch())
            try:
                yield
            finally:
                watching.cancel()
