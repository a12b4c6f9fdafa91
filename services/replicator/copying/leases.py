"""Keeps the leases of a copy while it runs, and ends what has lost its own."""

from __future__ import annotations

import asyncio
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

import structlog

from services.replicator.catalog.claims import renew_leases
from services.replicator.copying.beside import beside
from services.replicator.copying.put import LeaseLost

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager
    from uuid import UUID

    from services.replicator.copying.lane import Lane
    from services.replicator.workshop import Workshop

log = structlog.get_logger(__name__)

RENEWALS = 3


def kept_leases(shop: Workshop, lanes: Sequence[Lane]) -> AbstractAsyncContextManager[None]:
    """Renew the leases three times in their life; most copies are done before the first."""
    return beside(partial(_keep, shop, lanes), after=shop.settings.lease_seconds / RENEWALS)


async def _keep(shop: Workshop, lanes: Sequence[Lane]) -> None:
    life = shop.settings.lease_seconds
    renew_every = life / RENEWALS
    ends_at = monotonic() + life - renew_every
    while True:
        working = [lane for lane in lanes if not lane.is_settled]
        began = monotonic()
        held = await _renew(shop, working, renew_every)
        if held is not None:
            ends_at = began + life
        elif monotonic() > ends_at - renew_every:
            held = set()
        for lane in working:
            if held is not None and lane.claim.server_id not in held:
                lane.stop(LeaseLost())
        await asyncio.sleep(renew_every)


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
