"""Reads every copy again now and then, and compares it with the hash of its version."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Final

import structlog

from services.replicator.catalog.held import confirm, list_unread
from services.replicator.catalog.sweeps import begin_sweep, note_sweep
from services.replicator.copying.evidence import fingerprint_of
from services.replicator.copying.lane import SourceFailed, SourceLost, SourceWrong
from services.replicator.copying.source import open_source
from shared.catalog.placement import is_open
from shared.catalog.servers import list_servers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.replicator.catalog.sweeps import Sweep
    from services.replicator.copying.evidence import Proven
    from services.replicator.workshop import Workshop
    from shared.catalog.versions import Version
    from shared.jobs import Run
    from shared.stores.store import Store

log = structlog.get_logger(__name__)

NOW: Final = "SELECT now()"
BATCH: Final = 50
# The first copy of an upload reads it, too.
FRESH_SECONDS: Final = 600


async def scrub(shop: Workshop, run: Run) -> None:
    """Read what was not read for long, or since somebody asked for it; all servers at once."""
    now: datetime = await shop.pool.fetchval(NOW)
    read_before = run.asked_at or now - timedelta(days=shop.settings.scrub_days)
    since = run.asked_at or now - timedelta(seconds=FRESH_SECONDS)
    servers = [server for server in await list_servers(shop.pool) if is_open(server)]
    scrubs = [Scrub(shop, store, read_before, since) for store in shop.stores_of(servers)]
    await asyncio.gather(*(one.carry_out() for one in scrubs))


class Scrub:
    """Of one server; `read_before` what was read since then is left alone."""

    def __init__(
        self, shop: Workshop, store: Store, read_before: datetime, since: datetime
    ) -> None:
        self._shop = shop
        self._store = store
        self._read_before = read_before
        self._since = since

    async def carry_out(self) -> None:
        """Read until nothing is left; a server that fails is left for the next time."""
        batch = await self._next()
        if not batch:
            return
        sweep = await begin_sweep(self._shop.pool, self._store.server.id, "scrub")
        because = None
        try:
            while batch:
                await self._read(batch, sweep)
                await note_sweep(self._shop.pool, sweep)
                batch = await self._next()
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

    async def _next(self) -> Sequence[Version]:
        server_id = self._store.server.id
        return await list_unread(self._shop.pool, server_id, self._read_before, self._since, BATCH)

    async def _read(self, versions: Sequence[Version], sweep: Sweep) -> None:
        for version in versions:
            began = monotonic()
            try:
                await confirm(self._shop.pool, version, await self._verify(version))
            except SourceLost as lost:
                sweep.missing += 1
                sweep.healed += lost.is_healing
            except SourceWrong as wrong:
                sweep.changed += 1
                sweep.healed += wrong.is_healing
            sweep.seen += 1
            await self._pace(version, monotonic() - began)

    async def _verify(self, version: Version) -> Proven:
        """Read an object to its end; SourceFailed, and a wrong one is SUSPECT already."""
        reading = fingerprint_of(version, self._shop.settings.cut(version))
        async with open_source(self._shop, version, self._store) as source:
            async for arrived in source.pieces():
                for piece in reading.cut(arrived):
                    await reading.add(piece)
            return await source.check(reading)

    async def _pace(self, version: Version, seconds: float) -> None:
        """Take no more of the line than is allowed."""
        await asyncio.sleep(version.size / self._shop.settings.scrub_bytes_per_second - seconds)
