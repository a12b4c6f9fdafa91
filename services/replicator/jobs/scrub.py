"""Reads every copy again now and then, and compares it with the hash of its version."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeAlias

import structlog

from services.replicator.catalog.held import Scope, list_suspect, list_unread
from services.replicator.catalog.sweeps import begin_sweep, lost_much, note_sweep
from services.replicator.copying.lane import SourceFailed
from services.replicator.jobs.pages import open_stores
from services.replicator.jobs.reading import Reader

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from services.replicator.catalog.sweeps import Sweep
    from services.replicator.workshop import Workshop
    from shared.catalog.versions import Version
    from shared.jobs import Run
    from shared.stores.store import Store

log = structlog.get_logger(__name__)

# A version, and whether its copy is in doubt.
Found: TypeAlias = tuple["Version", bool]

NOW: Final = "SELECT now()"
BATCH: Final = 50
# The first copy of an upload reads it, too.
FRESH_SECONDS: Final = 600


async def scrub(shop: Workshop, run: Run) -> None:
    """Read what was not read for long, or since somebody asked for it; all servers at once."""
    now: datetime = await shop.pool.fetchval(NOW)
    scope = Scope(
        read_before=run.asked_at or now - timedelta(days=shop.settings.scrub_days),
        since=run.asked_at or now - timedelta(seconds=FRESH_SECONDS),
        asked_at=run.asked_at,
    )
    scrubs = [Scrub(shop, store, scope) for store in await open_stores(shop)]
    await asyncio.gather(*(one.carry_out() for one in scrubs))


class Scrub:
    """Of one server."""

    def __init__(self, shop: Workshop, store: Store, scope: Scope) -> None:
        self._shop = shop
        self._store = store
        self._scope = scope
        self._compared = 0
        # Whether so much was missing lately that only what is in doubt is looked at.
        self._is_resting = False

    async def carry_out(self) -> None:
        """Read until nothing is left; a server that fails is left for the next time."""
        if self._scope.asked_at is None:
            self._is_resting = await lost_much(self._shop.pool, self._store.server.id)
        batch = await self._next()
        if not batch:
            return
        sweep = await begin_sweep(self._shop.pool, self._store.server.id, "scrub")
        try:
            because = await self._work_off(batch, sweep)
        except SourceFailed as error:
            because = str(error)
        await note_sweep(self._shop.pool, sweep, is_over=True, because=because)
        log.info(
            "scrub.ended",
            server=self._store.server.name,
            seen=sweep.seen,
            changed=sweep.changed,
            because=because,
        )

    async def _work_off(self, batch: Sequence[Found], sweep: Sweep) -> str | None:
        """Read batch by batch; what was left out, and why. SourceFailed."""
        server = self._store.server
        if server.health == "offline":
            return f"{server.name}: it does not answer"
        reader = Reader(self._shop, self._store, sweep)
        while batch:
            for found in batch:
                await self._read(reader, found)
                alarm = sweep.find_alarm(self._compared)
                if alarm:
                    return alarm
            await note_sweep(self._shop.pool, sweep)
            batch = await self._next(reader.unreadable)
        return reader.left_out

    async def _next(self, unreadable: Collection[UUID] = ()) -> Sequence[Found]:
        pool, server_id = self._shop.pool, self._store.server.id
        suspect = await list_suspect(pool, server_id, self._scope, BATCH)
        ready: Sequence[Version] = ()
        if not self._is_resting:
            ready = await list_unread(pool, server_id, self._scope, BATCH, unreadable)
        return [*((version, True) for version in suspect), *((version, False) for version in ready)]

    async def _read(self, reader: Reader, found: Found) -> None:
        """Read a copy, and take no more of the line than is allowed."""
        version, is_suspect = found
        began = monotonic()
        if is_suspect:
            await reader.read_suspect(version)
        else:
            self._compared += 1
            await reader.read_ready(version)
        seconds = version.size / self._shop.settings.scrub_bytes_per_second
        await asyncio.sleep(seconds - (monotonic() - began))
