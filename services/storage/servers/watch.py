"""Whether a server answers: online, slow or offline, judged by one small question after another."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Final

from shared.stores.errors import StoreError
from shared.vault import VaultError

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.catalog.servers import ServerHealth
    from shared.stores.store import Store

PROBE_KEY: Final = "meridian-probe"
# A connection that broke is no sign yet; two are.
TRIES: Final = 2
SLOW_SECONDS: Final = 1.0
GONE_SECONDS: Final = 6.0
# So many quick answers in a row make a slow server online again.
QUICK_ANSWERS: Final = 3


class Watch:
    """One server: a question at a time, whose answer nobody waits for."""

    def __init__(self, health: ServerHealth) -> None:
        self.health: ServerHealth = health
        self._asking: asyncio.Task[bool] | None = None
        self._asked_at = 0.0
        self._answered_at = 0.0
        self._quick = 0

    def ask(self, open_store: Callable[[], Store]) -> asyncio.Task[bool]:
        """Ask for an object that is not there, unless a question is under way."""
        if self._asking is None:
            self._asked_at = monotonic()
            self._asking = asyncio.create_task(self._ask(open_store))
        return self._asking

    def look(self) -> ServerHealth:
        """Judge by how the question went, or for how long it has been waiting."""
        if self._asking is not None:
            self.health = self._judge(self._asking)
        return self.health

    def end(self) -> None:
        """Ask no more."""
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    def _judge(self, asking: asyncio.Task[bool]) -> ServerHealth:
        if not asking.done():
            return self._judge_silence(monotonic() - self._asked_at)
        self._asking = None
        if not asking.result():
            return "offline"
        if self._answered_at - self._asked_at >= SLOW_SECONDS:
            self._quick = 0
            return "slow"
        self._quick += 1
        return "slow" if self.health == "slow" and self._quick < QUICK_ANSWERS else "online"

    def _judge_silence(self, seconds: float) -> ServerHealth:
        if seconds >= GONE_SECONDS:
            self.end()
            return "offline"
        if seconds < SLOW_SECONDS or self.health == "offline":
            return self.health
        self._quick = 0
        return "slow"

    async def _ask(self, open_store: Callable[[], Store]) -> bool:
        """Whether it answered at all."""
        for _ in range(TRIES):
            try:
                await open_store().head(PROBE_KEY)
            except (StoreError, VaultError):
                continue
            finally:
                self._answered_at = monotonic()
            return True
        return False
