"""The sweep over uploads: takes those that are due, so many at a time, and so many of each city."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import structlog

from services.storage.relay.look_at_upload import Finder
from services.storage.uploads.uploads import take_due
from shared.tasks import Work

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.events.doorbell import Doorbell
    from services.storage.servers.fleet import Fleet
    from services.storage.uploads.uploads import Due
    from shared.db import Pool

log = structlog.get_logger(__name__)

SWEEP_EVERY_SECONDS = 1.0
SLOTS = 32
# A city that hangs holds no more than these, until the fleet calls it down.
SLOTS_OF_A_SERVER = SLOTS // 4
RESTING = frozenset(("offline", "off"))


class Sweep:
    """Looks at every upload that is due; several sweeps share the work."""

    def __init__(self, pool: Pool, fleet: Fleet, doorbell: Doorbell, silent_seconds: float) -> None:
        self._pool = pool
        self._fleet = fleet
        self._finder = Finder(pool, fleet, doorbell, silent_seconds)
        self._work = Work(SLOTS)
        self._room = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Sweep until `stop` is set; then give what is in work a moment."""
        await self._work.run(self._forever(), stop)

    async def sweep(self) -> int:
        """Begin with what is due, as far as there is room; how many uploads were taken."""
        room = self._room_by_server()
        limit = min((self._work.free, *room.values()))
        if not room or limit <= 0:
            return 0
        due = await take_due(self._pool, list(room), limit)
        for one in due:
            name = (one.upload.upload_server_id, one.upload.id)
            # One that takes longer than the minute it was taken for is due again.
            if name not in self._work:
                self._work.start(name, self._look_at(one))
        return len(due)

    async def finish(self) -> None:
        """Wait a moment for what is in work, then end it."""
        await self._work.finish()

    async def _forever(self) -> None:
        while True:
            self._room.clear()
            try:
                taken = await self.sweep()
            except Exception as error:  # noqa: BLE001 the sweep outlives every outage
                log.warning("upload_sweep_failed", error=repr(error))
                taken = 0
            if not taken:
                await self._until_room()

    async def _until_room(self) -> None:
        try:
            async with asyncio.timeout(SWEEP_EVERY_SECONDS):
                await self._room.wait()
        except TimeoutError:
            return

    async def _look_at(self, due: Due) -> None:
        await self._finder.look_at(due)
        server_id = due.upload.upload_server_id
        if self._work.free <= 0 or self._held()[server_id] >= SLOTS_OF_A_SERVER:
            # Not at once: the slot is free only when this task has ended.
            asyncio.get_running_loop().call_soon(self._room.set)

    def _held(self) -> Counter[UUID]:
        return Counter(server_id for server_id, _ in self._work.names)

    def _room_by_server(self) -> dict[UUID, int]:
        """How many more of each server may be taken; uploads to the others stay due."""
        held = self._held()
        return {
            server.id: SLOTS_OF_A_SERVER - held[server.id]
            for server in self._fleet.servers()
            if held[server.id] < SLOTS_OF_A_SERVER and server.state not in RESTING
        }
