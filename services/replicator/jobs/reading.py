"""Reads one copy after the other on a server, and notes what each has turned out to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from services.replicator.catalog.held import confirm, learn_hash
from services.replicator.catalog.suspects import believe, put_off, renew_suspects
from services.replicator.copying.evidence import fingerprint_of
from services.replicator.copying.lane import SourceFailed, SourceLost, SourceWrong
from services.replicator.copying.source import open_source
from services.replicator.jobs.setbacks import Setbacks
from services.replicator.metrics import READINGS
from shared.events import ReplicaReady

if TYPE_CHECKING:
    from uuid import UUID

    from services.replicator.catalog.sweeps import Sweep
    from services.replicator.copying.evidence import Proven
    from services.replicator.workshop import Workshop
    from shared.catalog.versions import Version
    from shared.stores.store import Store

log = structlog.get_logger(__name__)


class Reader:
    """Of one server, for one sweep."""

    def __init__(self, shop: Workshop, store: Store, sweep: Sweep) -> None:
        self.unreadable: set[UUID] = set()
        self._shop = shop
        self._store = store
        self._sweep = sweep
        self._setbacks = Setbacks(store.server.name, "could not be read")

    @property
    def left_out(self) -> str | None:
        """What could not be read, in words."""
        return self._setbacks.left_out

    async def read_ready(self, version: Version) -> None:
        """Read a copy that people are sent to; SourceFailed when it seems to be the server."""
        try:
            read = await self._verify(version)
        except SourceWrong as wrong:
            self._count(wrong)
        except SourceFailed as error:
            await self._pass_over(version, error)
        else:
            await confirm(self._shop.pool, version, read)

    async def read_suspect(self, version: Version) -> None:
        """Read a copy that was lost or wrong; it was counted when it was found. SourceFailed."""
        try:
            read = await self._verify(version)
        except SourceWrong as wrong:
            self._sweep.healed += wrong.is_healing
            await put_off(self._shop.pool, version, self._store.server.id, str(wrong))
        except SourceFailed as error:
            await self._pass_over(version, error)
        else:
            await self._believe(version, read)

    async def _verify(self, version: Version) -> Proven:
        """Read an object and count it; SourceFailed, and a wrong one is SUSPECT already."""
        self._sweep.seen += 1
        ended = "unreadable"
        try:
            proven = await self._read(version)
            ended = "well"
        except SourceWrong as wrong:
            ended = "lost" if isinstance(wrong, SourceLost) else "wrong"
            raise
        finally:
            if ended != "unreadable":
                self._setbacks.went_well()
            READINGS.labels(self._store.server.name, ended).inc()
        await learn_hash(self._shop.pool, version, proven)
        return proven

    async def _read(self, version: Version) -> Proven:
        reading = fingerprint_of(version, self._shop.settings.cut(version))
        async with open_source(self._shop, version, self._store) as source:
            async for arrived in source.pieces():
                for piece in reading.cut(arrived):
                    await reading.add(piece)
            return await source.check(reading)

    def _count(self, wrong: SourceWrong) -> None:
        is_lost = isinstance(wrong, SourceLost)
        self._sweep.missing += is_lost
        self._sweep.changed += not is_lost
        self._sweep.healed += wrong.is_healing

    async def _pass_over(self, version: Version, error: SourceFailed) -> None:
        """Go on behind an object that cannot be read; it is made again where that lasts."""
        server = self._store.server
        log.error("replica_unreadable", server=server.name, version_id=version.id, error=str(error))
        self.unreadable.add(version.id)
        if await put_off(self._shop.pool, version, server.id, str(error)):
            self._sweep.healed += 1
            self._shop.wake(0)
        self._setbacks.note(error, str(error))

    async def _believe(self, version: Version, read: Proven) -> None:
        """People may be sent there again, and others get their copy from there."""
        server = self._store.server
        if not await believe(self._shop.pool, version, read):
            return
        self._sweep.healed += 1
        log.info("replica_believed", server=server.name, version_id=version.id)
        self._shop.announce_replica(ReplicaReady, version, server.id)
        if await renew_suspects(self._shop.pool, version):
            self._shop.wake(0)
