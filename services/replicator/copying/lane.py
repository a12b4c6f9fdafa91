"""One destination of a copy: a bounded queue of bytes between one reading and one upload."""

from __future__ import annotations

import asyncio
from collections import deque
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable

    from services.replicator.catalog.claims import Claim
    from services.replicator.copying.evidence import Proven
    from shared.stores.store import Store

QUEUE_BYTES = 1_048_576


class SourceFailed(Exception):
    """The bytes stopped coming, or are not those of the version; no fault of a destination."""


class SourceWrong(SourceFailed):
    """The server answers, and does not have the bytes; soon is too soon to ask it again."""

    # Whether its copy is made again from a good one.
    is_healing = False


class SourceLost(SourceWrong):
    """There is no object at all."""


class Lane:  # noqa: WPS214 one end takes, the other gives
    """The bytes on their way to one server under one claim."""

    def __init__(self, claim: Claim, store: Store) -> None:
        self.claim = claim
        self.store = store
        # Whether its row says how this attempt ended.
        self.is_settled = False
        self.open()

    def open(self) -> None:
        """Begin with nothing, for a reading from the start."""
        self._pieces: deque[bytes] = deque()
        self._queued = 0
        self._proven: Proven | None = None
        self._changed = asyncio.Event()
        self._scope: asyncio.Timeout | None = None
        self.reason: Exception | None = None
        self.is_done = False
        # How long others could have gone on but for this one.
        self.held_up_seconds = 0.0
        self._is_waiting = False
        self._moved_at = monotonic()

    @property
    def proven(self) -> Proven | None:
        """What all its bytes have turned out to be; None as long as there may be more."""
        return self._proven

    @property
    def is_open(self) -> bool:
        """Whether it still takes bytes or waits for its answer."""
        return self.reason is None and not self.is_done

    @property
    def is_full(self) -> bool:
        """Whether giving it more would have to wait."""
        return self.is_open and self._queued >= QUEUE_BYTES

    @property
    def is_starving(self) -> bool:
        """Whether its upload waits for more bytes."""
        return self.is_open and self._is_waiting

    @property
    def idle_seconds(self) -> float:
        """For how long nothing has moved, through no fault of the reading."""
        return 0.0 if self.is_starving else monotonic() - self._moved_at

    async def give(self, piece: bytes) -> None:
        """Queue bytes, as soon as there is room; a lane that was stopped swallows them."""
        while self.is_full:
            await self._until_changed()
        if self.is_open:
            self._pieces.append(piece)
            self._queued += len(piece)
            self._changed.set()

    def end(self, proven: Proven) -> None:
        """Say that these were all the bytes, and that they are right."""
        self._proven = proven
        self._changed.set()

    async def take(self, size: int) -> AsyncIterator[bytes]:
        """Yield the next `size` bytes; pieces end where `size` ends."""
        while size:
            piece = await self._next()
            size -= len(piece)
            yield piece

    async def take_all(self) -> bytes:
        """Wait until all bytes are there and known to be right; at most QUEUE_BYTES."""
        while self._proven is None:
            await self._until_changed()
        self._moved_at = monotonic()
        return b"".join(self._pieces)

    def stop(self, reason: Exception) -> None:
        """End the upload; `send` raises the reason."""
        if self.is_open:
            self.reason = reason
            self._pieces.clear()
            self._changed.set()
            if self._scope is not None:
                self._scope.reschedule(0)

    async def send(self, upload: Awaitable[None]) -> None:
        """Run the upload until it ends or the lane is stopped."""
        try:
            async with asyncio.timeout(None) as scope:
                self._scope = scope
                if self.reason is not None:
                    # Stopped before it began.
                    scope.reschedule(0)
                await upload
        except Exception:
            if self.reason is not None:
                raise self.reason from None
            raise
        finally:
            self._scope = None
            self.is_done = True
            self._changed.set()

    async def _next(self) -> bytes:
        self._is_waiting = True
        while not self._pieces:
            await self._until_changed()
        self._is_waiting = False
        self._moved_at = monotonic()
        piece = self._pieces.popleft()
        self._queued -= len(piece)
        self._changed.set()
        return piece

    async def _until_changed(self) -> None:
        self._changed.clear()
        await self._changed.wait()
