"""Keeps the leases of a copy while it runs, and ends what has lost its own."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from time import monotonic
from typing import TYPE_CHECKING

import structlog

from services.replicator.upload import LeaseLost
from shared.catalog.copying import renew_leases

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from uuid import UUID

    from services.replicator.lane import Lane
    from services.replicator.workshop import Workshop

log = structlog.get_logger(__name__)

RENEWALS = 3


@asynccontextmanager
async def kept_leases(shop: Workshop, lanes: Sequence[Lane]) -> AsyncIterator[None]:
    """Renew the leases three times in each of their lives; most copies are done before the first."""
    keeper = asyncio.create_task(_keep(shop, lanes))
    try:
        yield
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)


async def _keep(shop: Workshop, lanes: Sequence[Lane]) -> None:
    life = shop.settings.lease_seconds
    ends_at = monotonic() + life
    while True:
        await asyncio.sleep(life / RENEWALS)
        working = [lane for lane in lanes if not lane.is_settled]
        began = monotonic()
        held = await _renew(shop, working, life / RENEWALS)
        if held is not None:
            ends_at = began + life
        elif monotonic() < ends_at - life / RENEWALS:
            continue
        for lane in working:
            if held is None or lane.claim.server_id not in held:
                lane.stop(LeaseLost())


async def _renew(shop: Workshop, lanes: Sequence[Lane], seconds: float) -> set[UUID] | None:
    """The servers still held; None when PostgreSQL cannot say."""
    if not lanes:
        return set()
    try:
        async with asyncio.timeout(seconds):
            return await renew_leases(
                shop.pool, [lane.claim for lane in lanes], shop.settings.lease_seconds
            )
    except Exception as error:  # noqa: BLE001 whatever it is, the leases still have a while to live
        log.warning("leases_not_renewed", error=repr(error))
        return None
