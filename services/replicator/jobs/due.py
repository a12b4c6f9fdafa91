"""Looks into PostgreSQL for what is due, so that copies go on without Redis."""

from __future__ import annotations

import asyncio
from random import sample
from typing import TYPE_CHECKING

import structlog

from services.replicator.catalog.due import expire_leases, list_due
from services.replicator.choose import unwelcome
from services.replicator.converge import converge
from services.replicator.retry import OutageWait
from shared.pulse import PULSE
from shared.tasks import Work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.replicator.catalog.due import Due
    from services.replicator.workshop import Workshop

log = structlog.get_logger(__name__)

# Enough to see past what is being worked on already.
MARGIN = 8
# So much bulk work is looked up at once, and so much of it taken by lot: the other processes look
# at the same rows, and seldom draw the same.
BULK_PAGE = 400
BULK_TAKEN = 100
# More of these are copied at once: they wait for the servers, not for the lines.
SMALL_BYTES = 1_048_576
# When nothing is fresh any more, more of them begin so soon, also while none of them ends.
WIDEN_SECONDS = 1
# While something is fresh, the processors are left to it for so long before each bulk copy.
REST_SECONDS = 0.1


class Alarm:
    """Wakes the sweep before its time."""

    def __init__(self) -> None:
        self._bell = asyncio.Event()

    def wake(self, seconds: float) -> None:
        """Ring in so many seconds."""
        asyncio.get_running_loop().call_later(seconds, self._bell.set)

    async def wait(self, seconds: float) -> None:
        """Until it rings, or for so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._bell.wait()
        except TimeoutError:
            return
        self._bell.clear()


class Sweep:
    """Brings due versions to where they should be; bulk work has slots of its own."""

    def __init__(self, shop: Workshop, alarm: Alarm) -> None:
        self._shop = shop
        self._alarm = alarm
        self._fresh = Work(shop.settings.copy_concurrency)
        self._bulk = Work(shop.settings.small_concurrency)
        # Bulk work that was drawn and is to be begun.
        self._drawn: asyncio.Queue[Due] = asyncio.Queue()
        # Whether some was left behind.
        self._has_more = False

    async def run(self, stop: asyncio.Event) -> None:
        """Sweep until `stop` is set; then give what is in work a moment."""
        await asyncio.gather(
            self._fresh.run(self._forever(), stop), self._bulk.run(self._work_off(), stop)
        )

    async def sweep(self) -> None:
        """Begin with what is due, as far as there is room."""
        if not self._fresh.free and not self._bulk.free:
            return
        await expire_leases(self._shop.pool)
        fresh = self._shop.settings.copy_concurrency + MARGIN
        bulk = BULK_PAGE if self._drawn.empty() else 0
        found = await list_due(self._shop.pool, unwelcome(self._shop), fresh, bulk)
        for due in found:
            if not due.is_bulk:
                self._begin(due, self._fresh)
        if bulk:
            self._draw([due for due in found if due.is_bulk])

    async def _forever(self) -> None:
        """Look again and again; an outage of PostgreSQL only makes it later."""
        patience = OutageWait("postgresql")
        while True:
            try:
                await self.sweep()
            except Exception as error:  # noqa: BLE001 the sweep outlives every outage
                await patience.wait(error)
            else:
                patience.end()
                PULSE.beat(self._shop.settings.sweep_seconds)
            await self._alarm.wait(self._shop.settings.sweep_seconds)

    def _draw(self, waiting: Sequence[Due]) -> None:
        was_cut = sum(due.rows for due in waiting) >= BULK_PAGE
        self._has_more = was_cut or len(waiting) > BULK_TAKEN
        # No secret depends on the lot.
        for due in sample(waiting, min(len(waiting), BULK_TAKEN)):
            self._drawn.put_nowait(due)

    async def _work_off(self) -> None:
        """Begin with bulk work that was drawn whenever there is room."""
        while True:
            due = await self._drawn.get()
            while len(self._bulk.names) >= self._most(due):
                await self._bulk.until_one_ends(WIDEN_SECONDS)
            if self._is_urgent:
                await asyncio.sleep(REST_SECONDS)
            self._begin(due, self._bulk)

    def _most(self, due: Due) -> int:
        """How much bulk work may be under way beside this; a narrow way when something is fresh."""
        settings = self._shop.settings
        if self._is_urgent:
            return settings.yielding_concurrency
        is_large = due.size > SMALL_BYTES
        return settings.bulk_concurrency if is_large else settings.small_concurrency

    @property
    def _is_urgent(self) -> bool:
        return self._shop.urgent.is_there or self._shop.fresh.total() > 0

    def _begin(self, due: Due, work: Work) -> None:
        version = due[:2]
        if work.free > 0 and version not in self._fresh and version not in self._bulk:
            work.start(version, self._converge(due, work))

    async def _converge(self, due: Due, work: Work) -> None:
        was_full = not work.free
        try:
            await converge(self._shop, due.owner_id, due.version_id)
        except Exception:
            log.exception("converge_failed", version_id=due.version_id)
        is_over = self._has_more and self._drawn.empty() if work is self._bulk else was_full
        if is_over:
            self._alarm.wake(0)
