"""A bandwidth limit: bytes may pass at a steady rate, and those of a second at once."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

BURST_SECONDS: Final = 1.0


class TokenBucket:
    """Lets `rate` bytes a second pass, in the order in which they come; 0: as many as come."""

    def __init__(
        self,
        rate: float,
        clock: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._rate = rate
        self._clock = clock
        self._sleep = sleep
        # When all that was let pass has passed, at the steady rate.
        self._paid_until = clock()

    async def take(self, size: int) -> None:
        """Wait until so many bytes may pass."""
        if not self._rate:
            return
        now = self._clock()
        self._paid_until = max(self._paid_until, now - BURST_SECONDS) + size / self._rate
        if self._paid_until > now:
            await self._sleep(self._paid_until - now)
