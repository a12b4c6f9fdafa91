"""How an attempt ended, written into its row."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog

from services.replicator.catalog.claims import fail_copy, renew_leases
from services.replicator.catalog.erasing import erase_again
from services.replicator.catalog.finishing import Arrived, finish_copy
from services.replicator.copying.lane import SourceFailed, SourceWrong
from services.replicator.copying.pace import TooSlow
from services.replicator.copying.put import WrongBytes
from services.replicator.copying.shelter import shelter
from services.replicator.erase import AGAIN_SECONDS, erase_now
from services.replicator.metrics import COPIED_BYTES, COPIES, LAG
from services.replicator.retry import backoff
from shared.catalog.refused_writes import report_own_copy
from shared.events import ReplicaFailed, ReplicaReady
from shared.stores.errors import (
    ObjectRefused,
    StoreBusy,
    StoreError,
    StoreFailing,
    StoreUnavailable,
)

if TYPE_CHECKING:
    from services.replicator.copying.lane import Lane
    from services.replicator.workshop import Workshop
    from shared.catalog.versions import Version

log = structlog.get_logger(__name__)

LONGEST_DELAY_SECONDS = 300.0
# A city that comes back is caught up with soon, however long it was away.
LONGEST_AWAY_SECONDS = 30.0
SLOW_DELAY_SECONDS = 1.0
ERROR_LENGTH = 200
# No fault of the object: it is waited for, however long it lasts.
PASSING = (StoreError, SourceFailed, TooSlow)


async def finish(shop: Workshop, version: Version, lane: Lane) -> None:
    """The object is there and proven: READY, or on its way out again if the version is."""
    assert lane.proven is not None
    copy = Arrived(lane.claim, lane.proven, is_first=version.sha256 is None)
    state = await shop.catalog.finish_copies(copy) or await finish_copy(shop.pool, copy)
    if state is None:
        await lose(shop, version, lane)
        return
    lane.is_settled = True
    server = lane.store.server
    shop.rooms.went_well(server.id)
    COPIES.labels(server.name, "well").inc()
    COPIED_BYTES.labels(server.name).inc(version.size)
    if state == "ERASING":
        await erase_now(shop, version, server)
        return
    if version.stored_at is not None:
        LAG.labels(server.name).observe((datetime.now(UTC) - version.stored_at).total_seconds())
    # Of a back-fill the figures tell, not a line for each object.
    tell = log.debug if lane.claim.is_bulk else log.info
    tell("replica_ready", server=server.name, version_id=version.id, bytes=version.size)
    shop.announce_replica(ReplicaReady, version, server.id)


async def fail(shop: Workshop, version: Version, lane: Lane, error: Exception) -> None:
    """Plan the next attempt, or make a dead letter of the last one."""
    if isinstance(error, StoreBusy):
        shop.rooms.slow_down(lane.store.server.id)
    if isinstance(error, StoreFailing):
        await report_own_copy(shop.pool, lane.store.server.id, version.size)
    if isinstance(error, WrongBytes):
        await _discard(shop, version, lane)
    is_failure = isinstance(error, ObjectRefused) or not isinstance(error, PASSING)
    delay = _delay(lane.claim.attempt, error)
    words = (str(error) or type(error).__name__)[:ERROR_LENGTH]
    keep_upload = shop.settings.cut(version).in_parts
    state = await fail_copy(
        shop.pool,
        lane.claim,
        words,
        is_failure=is_failure,
        delay_seconds=delay,
        keep_upload=keep_upload,
    )
    lane.is_settled = True
    server = lane.store.server
    COPIES.labels(server.name, "badly").inc()
    log.warning("copy_failed", server=server.name, version_id=version.id, error=words, state=state)
    if state is None:
        await lose(shop, version, lane)
        return
    shop.wake(delay)
    shop.announce_replica(ReplicaFailed, version, server.id)


async def lose(shop: Workshop, version: Version, lane: Lane) -> None:
    """The lease was lost, so the row is somebody else's, and so is the object.

    Both write the same bytes under the same key, so a copy that is READY or in the making is left
    alone. Only where the object is not to be at all, what this attempt wrote has to go; a while
    later, for the server may still be writing what was cut off.
    """
    lane.is_settled = True
    server = lane.store.server
    is_erased = await erase_again(shop.pool, version, server.id, AGAIN_SECONDS)
    log.warning("lease_lost", server=server.name, version_id=version.id, is_erased=is_erased)
    if is_erased:
        shop.wake(AGAIN_SECONDS)


async def _discard(shop: Workshop, version: Version, lane: Lane) -> None:
    """Erase wrong bytes, provided that nobody else can have put right ones there by now.

    The server refuses the request once the lease, renewed just before, may have run out.
    """
    lease_seconds = shop.settings.lease_seconds
    if await renew_leases(shop.pool, [lane.claim], lease_seconds):
        within = max(1, int(lease_seconds / 2))
        await shelter(lane.store.delete(version.key, within_seconds=within), within)


def _delay(attempt: int, error: Exception) -> float:
    """Seconds until the next attempt."""
    if isinstance(error, TooSlow):
        return SLOW_DELAY_SECONDS
    may_be_back = isinstance(error, (StoreUnavailable, SourceFailed))
    is_wrong = isinstance(error, SourceWrong)
    longest = LONGEST_AWAY_SECONDS if may_be_back and not is_wrong else LONGEST_DELAY_SECONDS
    return backoff(attempt - 1, longest)
