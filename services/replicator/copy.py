"""One version from one server that has it to several that want it, read once."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING

from services.replicator.fingerprint import Fingerprint
from services.replicator.lane import SourceFailed
from services.replicator.leases import kept_leases
from services.replicator.pace import TooSlow, give, watch
from services.replicator.settle import fail, finish, lose, release
from services.replicator.source import open_source
from services.replicator.upload import LeaseLost, upload
from shared.catalog.copying import learn_sha256
from shared.stores import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.replicator.lane import Lane
    from services.replicator.source import Source
    from services.replicator.workshop import Workshop
    from shared.catalog.versions import Version
    from shared.stores import Store


async def copy(
    shop: Workshop, version: Version, sources: Sequence[Store], lanes: Sequence[Lane]
) -> None:
    """Serve every lane from the first source that can be read to its end, and settle its row."""
    error = SourceFailed("no server that is on holds a verified copy")
    waiting = list(lanes)
    try:
        async with kept_leases(shop, lanes):
            for source in sources:
                try:
                    await _pour(shop, version, source, waiting)
                except SourceFailed as failed:
                    error = failed
                waiting = [lane for lane in lanes if not lane.is_settled]
                if not waiting:
                    return
            for lane in waiting:
                await fail(shop, version, lane, error)
    finally:
        for lane in lanes:
            if not lane.is_settled:
                await release(shop, lane)


async def _pour(
    shop: Workshop, version: Version, store: Store, lanes: Sequence[Lane]
) -> None:
    """Read a source once, into all lanes; SourceFailed leaves their rows as they are."""
    reading = Fingerprint(shop.settings.part_size(version.size))
    for lane in lanes:
        lane.open()
    tasks = [asyncio.create_task(_serve(shop, version, lane, reading)) for lane in lanes]
    watcher = asyncio.create_task(watch(lanes, version.size))
    try:
        async with open_source(shop, version, store) as source:
            await _read(source, reading, lanes)
            if version.sha256 is None:
                await learn_sha256(shop.pool, version.id, reading.sha256)
        ...
        await asyncio.gather(*tasks)
    except SourceFailed as error:
        for lane in lanes:
            lane.stop(error)
        raise
    finally:
        for task in (*tasks, watcher):
            task.cancel()
        await asyncio.gather(*tasks, watcher, return_exceptions=True)
