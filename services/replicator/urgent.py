"""Hears what the stream tells of, whichever process it goes to.

Bulk work gives way to fresh uploads for a while, and a server that changed concerns every process.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Final

from services.replicator.consumer import AWAY, BLOCK_SECONDS
from services.replicator.retry import OutageWait
from shared.events import FileStored, ServerChanged

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.replicator.stream import Stream

# Where one file was uploaded more may follow, and a copy takes this long on most ways.
MAKE_ROOM_SECONDS: Final = 2.0


class Urgent:
    """Whether something fresh is on its way, as far as the stream tells."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._until = 0.0

    @property
    def is_there(self) -> bool:
        """Whether a file was stored just now."""
        return self._clock() < self._until

    def note(self) -> None:
        """A file was stored."""
        self._until = self._clock() + MAKE_ROOM_SECONDS

    async def follow(self, stream: Stream, wake: Callable[[float], None]) -> None:
        """Listen until cancelled, and wake the sweep when a server changed.

        While Redis is away, each process knows of its own copies only.
        """
        patience = OutageWait("redis")
        last: str | float = MAKE_ROOM_SECONDS
        while True:
            try:
                entries = await stream.read_after(last, BLOCK_SECONDS)
            except AWAY as error:
                await patience.wait(error)
                last = MAKE_ROOM_SECONDS
                continue
            patience.end()
            last = entries[-1].id if entries else last
            told = {entry.fields.get("type") for entry in entries}
            if FileStored.type in told:
                self.note()
            if ServerChanged.type in told:
                wake(0)
