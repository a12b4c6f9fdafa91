"""Looks into PostgreSQL for what is due, so that copies go on without Redis."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from services.replicator.catalog.due import expire_leases, list_due
from services.replicator.choose import unwelcome
from services.replicator.converge import converge
from services.replicator.retry import OutageWait
from shared.pulse import PULSE
from shared.tasks import Work

if TYPE_CHECKING:
    from services.replicator.catalog.due import Due
    from services.replicator.workshop import Workshop

log = structlog.get_logger(__name__)

# Enough to see past what is being worked on already.
MARGIN = 8


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
        self._bulk = Work(shop.settings.bulk_concurrency)

    async def run(self, stop: asyncio.Event) -> None:
        """Sweep until `stop` is set; then give what is in work a moment."""
        await asyncio.gather(
            self._fresh.run(self._forever(), stop), self._bulk.run(stop.wait(), stop)
        )

    async def sweep(self) -> None:
        """Begin with what is due, as far as there is room."""
        if self._fresh.free or self._bulk.free:
            await expire_leases(self._shop.pool)
            limit = self._shop.settings.copy_concurrency + MARGIN
            for due in await list_due(self._shop.pool, unwelcome(self._shop), limit):
                self._begin(due)

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

    def _begin(self, due: Due) -> None:
        version, work = due[:2], self._bulk if due.is_bulk else self._fresh
        if work.free > 0 and version not in self._fresh and version not in self._bulk:
            work.start(version, self._converge(due, work))

    async def _converge(self, due: Due, work: Work) -> None:
        was_full = not work.free
        try:
            await converge(self._shop, due.owner_id, due.version_id)
        except Exception:
            log.exception("converge_failed", version_id=due.version_id)
        if was_full:
            self._alarm.wake(0)
