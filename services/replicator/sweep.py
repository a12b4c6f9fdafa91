"""Looks into PostgreSQL for what is due, so that copies go on without Redis."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from services.replicator.choose import unwelcome
from services.replicator.converge import converge
from shared.catalog.due import expire_leases, list_due

if TYPE_CHECKING:
    from uuid import UUID

    from services.replicator.workshop import Workshop

log = structlog.get_logger(__name__)

# Enough to see past what is being worked on already.
MARGIN = 8
GRACE_SECONDS = 1.5


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
    """Brings due versions to where they should be, a few at a time."""

    def __init__(self, shop: Workshop, alarm: Alarm, slots: int) -> None:
        self._shop = shop
        self._alarm = alarm
        self._slots = slots
        self._work: dict[UUID, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Sweep until cancelled; an outage of PostgreSQL only makes it later."""
        try:
            while True:
                await self._look()
                await self._alarm.wait(self._shop.settings.sweep_seconds)
        finally:
            await self._end()

    async def sweep(self) -> int:
        """Begin with what is due and fits; how many versions that were."""
        free = self._slots - len(self._work)
        if free <= 0:
            return 0
        await expire_leases(self._shop.pool)
        limit = self._slots + MARGIN
        due = await list_due(self._shop.pool, unwelcome(self._shop), limit)
        fresh = [version_id for version_id in due if version_id not in self._work][:free]
        for version_id in fresh:
            self._work[version_id] = asyncio.create_task(self._converge(version_id))
        return len(fresh)

    async def _look(self) -> None:
        try:
            await self.sweep()
        except Exception as error:  # noqa: BLE001 the sweep outlives every outage
            log.warning("sweep_failed", error=repr(error))

    async def _converge(self, version_id: UUID) -> None:
        was_full = len(self._work) >= self._slots
        try:
            await converge(self._shop, version_id)
        except Exception:
            log.exception("converge_failed", version_id=version_id)
        finally:
            self._work.pop(version_id, None)
            if was_full:
                self._alarm.wake(0)

    async def _end(self) -> None:
        tasks = list(self._work.values())
        if tasks:
            await asyncio.wait(tasks, timeout=GRACE_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
