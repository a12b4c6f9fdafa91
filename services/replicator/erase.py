"""Objects that are not to be any more: erased on every server, however long one is away."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from services.replicator.catalog.erasing import (
    claim_erasures,
    close_version,
    delay_erasure,
    finish_erasure,
    retire_replicas,
)
from services.replicator.catalog.surplus import release_surplus
from services.replicator.metrics import ERASURES
from services.replicator.retry import backoff
from shared.catalog.placement import is_open
from shared.stores.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.replicator.catalog.erasing import Erasure
    from services.replicator.catalog.holdings import Holding
    from services.replicator.workshop import Workshop
    from shared.catalog.servers import Server
    from shared.catalog.versions import Version
    from shared.stores.store import Store

log = structlog.get_logger(__name__)

CLAIM_SECONDS = 30.0
LONGEST_ERASURE_SECONDS = 20.0
LONGEST_DELAY_SECONDS = 30.0
# A server has so long to finish what was cut off.
AGAIN_SECONDS = 5.0


async def erase_all(shop: Workshop, version: Version, holdings: Sequence[Holding]) -> None:
    """Send a version that is DELETING on its way, and off when nothing of it is left."""
    await retire_replicas(shop.pool, version)
    await _erase_from(shop, version, [item.server for item in holdings if is_open(item.server)])
    await close_version(shop.pool, version)


async def erase_due(shop: Workshop, version: Version, holdings: Sequence[Holding]) -> None:
    """Erase the version from the servers where that is due."""
    due = [item.server for item in holdings if item.state == "ERASING" and item.is_due]
    await _erase_from(shop, version, due)


async def erase_surplus(shop: Workshop, version: Version, holdings: Sequence[Holding]) -> None:
    """Erase copies that no policy wants any more, if enough others stand."""
    if any(item.is_surplus for item in holdings):
        released = await release_surplus(shop.pool, version)
        servers = [item.server for item in holdings if item.server.id in released]
        await _erase_from(shop, version, [server for server in servers if is_open(server)])


async def erase_now(shop: Workshop, version: Version, server: Server) -> None:
    """Erase a copy that arrived when its version was on its way out already."""
    await _erase_from(shop, version, [server])
    await close_version(shop.pool, version)


async def _erase_from(shop: Workshop, version: Version, servers: Sequence[Server]) -> None:
    stores = {store.server.id: store for store in shop.stores_of(servers)}
    answering = [number for number, store in stores.items() if not store.health.is_down]
    if not answering:
        return
    erasures = await claim_erasures(shop.pool, version, answering, CLAIM_SECONDS)
    erasing = [_erase(shop, version, erasure, stores[erasure.server_id]) for erasure in erasures]
    await asyncio.gather(*erasing)


async def _erase(shop: Workshop, version: Version, erasure: Erasure, store: Store) -> None:
    try:
        async with asyncio.timeout(LONGEST_ERASURE_SECONDS):
            if erasure.upload_id is not None:
                await store.multipart.abort(version.key, erasure.upload_id)
            if shop.settings.cut(version).in_parts:
                await store.multipart.abort_all(version.key)
            await store.delete(version.key)
    except (StoreError, TimeoutError) as error:
        delay = backoff(erasure.attempt, LONGEST_DELAY_SECONDS)
        log.warning(
            "erasure_failed", server=store.server.name, version_id=version.id, error=str(error)
        )
        ERASURES.labels(store.server.name, "badly").inc()
        await delay_erasure(shop.pool, erasure, str(error), delay)
        shop.wake(delay)
    else:
        if await finish_erasure(shop.pool, erasure, AGAIN_SECONDS) == "ERASING":
            shop.wake(AGAIN_SECONDS)
        ERASURES.labels(store.server.name, "well").inc()
        log.info("replica_erased", server=store.server.name, version_id=version.id)
