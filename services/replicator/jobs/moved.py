"""Brings the files of a person to where a new policy, or that of their new folder, wants them."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Final
from uuid import UUID

import structlog

from services.replicator.catalog.placement_changes import finish_walk, list_changed
from services.replicator.catalog.wanted import want_page
from services.replicator.jobs.reconcile import PAGE

if TYPE_CHECKING:
    from services.replicator.catalog.placement_changes import Changed
    from services.replicator.workshop import Workshop
    from shared.jobs import Run

log = structlog.get_logger(__name__)

AT_ONCE: Final = 100


async def reconcile_moved(shop: Workshop, run: Run) -> None:
    """Compare the files of everybody whose policies or folders have changed."""
    for changed in await list_changed(shop.pool, AT_ONCE):
        delayed = await _walk(shop, run, changed)
        await finish_walk(shop.pool, changed, is_last=changed.is_settled and not delayed)


async def _walk(shop: Workshop, run: Run, changed: Changed) -> int:
    """Compare page by page; how many copies wait for an erasure."""
    after, added, surplus, delayed = (changed.owner_id, UUID(int=0)), 0, 0, 0
    while True:
        began = monotonic()
        page = await want_page(shop.pool, after, PAGE, of_owner=True)
        if page.last is None:
            break
        after, added, surplus = page.last, added + page.added, surplus + page.surplus
        delayed += page.delayed
        if page.added or page.surplus:
            shop.wake(0)
        await run.report({})
        # The database has more to do than this.
        await asyncio.sleep(monotonic() - began)
    log.info("placement.moved", owner_id=changed.owner_id, added=added, surplus=surplus)
    return delayed
