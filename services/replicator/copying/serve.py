"""One lane of a copy, from its first byte to its row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.replicator.copying.lane import SourceFailed
from services.replicator.copying.pace import TooSlow
from services.replicator.copying.put import LeaseLost, upload
from services.replicator.copying.settle import fail, finish, lose
from shared.stores.errors import StoreError

if TYPE_CHECKING:
    from services.replicator.copying.fingerprint import Fingerprint
    from services.replicator.copying.lane import Lane
    from services.replicator.workshop import Workshop
    from shared.catalog.versions import Version


async def serve(shop: Workshop, version: Version, lane: Lane, reading: Fingerprint) -> None:
    """Upload what the lane is given, and settle its row however that ends."""
    try:
        await lane.send(upload(shop, version, lane, reading))
    except SourceFailed:
        return
    except LeaseLost:
        await lose(shop, version, lane)
    except (StoreError, TooSlow) as error:
        await fail(shop, version, lane, error)
    else:
        await finish(shop, version, lane)
