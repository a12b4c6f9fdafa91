"""The heart: for one version, compare what should be where with what is, and do what is missing.

An upload, a deletion, a retry, a returning server and a lost message all end here. The rows are
read anew each time, so calling it too often, too late or twice at once does no harm.
"""

from __future__ import annotations

from secrets import token_hex
from typing import TYPE_CHECKING

import structlog

from services.replicator.catalog.claims import Asked
from services.replicator.catalog.lost import HAS_IT, rest_lost
from services.replicator.catalog.suspects import renew_suspects
from services.replicator.choose import counted, destinations, sources
from services.replicator.copying.claiming import claim
from services.replicator.copying.copy import copy
from services.replicator.copying.lane import Lane
from services.replicator.erase import erase_all, erase_due, erase_surplus
from shared.events import ReplicaFailed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from services.replicator.catalog.holdings import Holding
    from services.replicator.workshop import Workshop
    from shared.catalog.versions import Version
    from shared.stores.store import Store

log = structlog.get_logger(__name__)


async def converge(shop: Workshop, owner_id: UUID, version_id: UUID) -> None:
    """Return when every replica is final or has its next attempt in PostgreSQL."""
    found = await shop.catalog.find_holdings((owner_id, version_id))
    if found is None:
        return
    version, holdings = found.version, found.holdings
    if version.state == "DELETING":
        await erase_all(shop, version, holdings)
        return
    await erase_due(shop, version, holdings)
    if version.state == "STORED":
        await _spread(shop, version, holdings)
        await erase_surplus(shop, version, holdings)


async def _spread(shop: Workshop, version: Version, holdings: Sequence[Holding]) -> None:
    """Copy to the servers that are due from those that have it."""
    if not any(holding.state in HAS_IT for holding in holdings):
        await _rest(shop, version)
        return
    chosen = destinations(shop, holdings)
    if chosen:
        with shop.rooms.taken([store.server.id for store in chosen]):
            await _copy_to(shop, version, holdings, chosen)
    if any(shop.rooms.is_limited(store.server.id) for store in chosen):
        # Others may have been waiting for this room.
        shop.wake(0)
    is_suspected = any(holding.state == "SUSPECT" for holding in holdings)
    if is_suspected and await renew_suspects(shop.pool, version):
        shop.wake(0)


async def _rest(shop: Workshop, version: Version) -> None:
    """Try to copy in hours what no server has."""
    for server_id in await rest_lost(shop.pool, version):
        log.warning("copy_lost", version_id=version.id, server_id=server_id)
        shop.announce_replica(ReplicaFailed, version, server_id)


async def _copy_to(
    shop: Workshop, version: Version, holdings: Sequence[Holding], chosen: Sequence[Store]
) -> None:
    stores = {store.server.id: store for store in chosen}
    lease_owner = f"{shop.name}:{token_hex()}"
    claims = await claim(shop.pool, shop.catalog, Asked(version, stores.keys(), lease_owner))
    lanes = [Lane(taken, stores[taken.server_id]) for taken in claims]
    if lanes:
        with counted(shop, lanes):
            await copy(shop, version, sources(shop, holdings, lanes), lanes)
