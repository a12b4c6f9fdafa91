"""When to try again: back-off between attempts, and waiting out an outage."""

from __future__ import annotations

import asyncio
import random
from typing import Final

import structlog

log = structlog.get_logger(__name__)

BASE: Final = 2.0
# Beyond it a power of two is longer than any wait, and at last no float.
LARGEST_EXPONENT: Final = 16
JITTER: Final = (0.75, 1.25)
FIRST_PAUSE: Final = 0.05
LONGEST_PAUSE: Final = 2.0


def backoff(exponent: int, longest_seconds: float) -> float:
    """Seconds: two to the power of `exponent`, at most `longest_seconds`, a quarter either way."""
    seconds = min(longest_seconds, BASE ** min(exponent, LARGEST_EXPONENT))
    return seconds * random.uniform(*JITTER)  # noqa: S311


class OutageWait:
    """Waits between the attempts of one loop to reach one server; an outage is logged once."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._pause = FIRST_PAUSE

    async def wait(self, error: Exception) -> None:
        """Wait after a failure: longer after each, up to two seconds, never in step with others."""
        if self._pause == FIRST_PAUSE:
            log.warning("outage.began", server=self._server, error=repr(error))
        await asyncio.sleep(self._pause * random.uniform(0.5, 1))  # noqa: S311
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def end(self) -> None:
        """Note that the server answers again."""
        if self._pause != FIRST_PAUSE:
            log.info("outage.ended", server=self._server)
            self._pause = FIRST_PAUSE
