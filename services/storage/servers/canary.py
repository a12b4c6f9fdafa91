"""Whether a server takes what is written to it: reading goes well on a full or read-only disk."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Final

from shared.stores.errors import StoreError

if TYPE_CHECKING:
    from datetime import datetime

    from shared.catalog.refused_writes import Refusals
    from shared.stores.store import Store

CANARY_KEY: Final = "meridian-canary"
SMALLEST_BYTES: Final = 4096
LARGEST_BYTES: Final = 1_048_576
EVERY_SECONDS: Final = 10.0
FIRST_PAUSE_SECONDS: Final = 2.0
LONGEST_PAUSE_SECONDS: Final = 30.0
WRITE_SECONDS: Final = 10.0
TRIES: Final = 2
# So many people in a minute are believed even when a small write goes well: larger ones may not.
CROWD: Final = 3


class Canary:
    """One server: a small object is written to it now and then, at once when somebody complains."""

    def __init__(self, *, takes_writes: bool) -> None:
        self._is_written = takes_writes
        self._writing: asyncio.Task[bool] | None = None
        self._due_at = 0.0
        self._pause = FIRST_PAUSE_SECONDS
        self._looked_into: datetime | None = None

    def write(self, store: Store, refusals: Refusals | None) -> asyncio.Task[bool] | None:
        """Write when it is time, or when there is a complaint that was not looked into."""
        newest_at = refusals.newest_at if refusals else None
        is_new = newest_at is not None and newest_at != self._looked_into
        if self._writing is None and (is_new or monotonic() >= self._due_at):
            self._looked_into = newest_at
            size = min(max(SMALLEST_BYTES, refusals.size if refusals else 0), LARGEST_BYTES)
            self._writing = asyncio.create_task(_write(store, size))
        return self._writing

    def look(self, refusals: Refusals | None) -> bool:
        """Whether the server takes writes, as far as is known."""
        if self._writing is not None and self._writing.done():
            self._is_written = self._writing.result()
            self._writing = None
            self._plan()
        is_crowd = refusals is not None and refusals.people >= CROWD
        return self._is_written and not is_crowd

    def end(self) -> None:
        """Write no more."""
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None

    def _plan(self) -> None:
        if self._is_written:
            self._pause = FIRST_PAUSE_SECONDS
            self._due_at = monotonic() + EVERY_SECONDS
        else:
            self._due_at = monotonic() + self._pause
            self._pause = min(LONGEST_PAUSE_SECONDS, self._pause * 2)


async def _write(store: Store, size: int) -> bool:
    """Whether the server took an object of that size, which is erased again."""
    for _ in range(TRIES):
        with suppress(StoreError, TimeoutError):
            async with asyncio.timeout(WRITE_SECONDS):
                await store.put(CANARY_KEY, os.urandom(size), size)
            with suppress(StoreError):
                await store.delete(CANARY_KEY)
            return True
    return False
