"""Sitting out an outage: it is logged once, and asked after less and less often."""

from __future__ import annotations

import asyncio
import random
from typing import Final

import structlog

log = structlog.get_logger(__name__)

FIRST_PAUSE: Final = 0.05
LONGEST_PAUSE: Final = 2.0


class Patience:
    """Of one loop with one server it needs."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._pause = FIRST_PAUSE

    async def wait(self, error: Exception) -> None:
        """Wait after a failure: longer after each, up to two seconds, never in step with others."""
        if self._pause == FIRST_PAUSE:
            log.warning("outage", of=self._what, error=repr(error))
        await asyncio.sleep(self._pause * random.uniform(0.5, 1))  # noqa: S311
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def end(self) -> None:
        """It works."""
        if self._pause != FIRST_PAUSE:
            log.info("outage_over", of=self._what)
            self._pause = FIRST_PAUSE
