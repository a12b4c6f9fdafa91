"""Finds objects and unfinished uploads of ours that no row wants, and erases them: very late.

An object is erased when two sweeps a day apart have seen it, weeks in quarantine have passed, and
the rows were asked again in the same statement, and once more right before its turn. A sweep that
could not list everything erases nothing, and neither does one that would erase much. The order is
drawn by lot, so that what cannot be erased is not always first.
"""

from __future__ import annotations

from random import sample
from typing import TYPE_CHECKING, Final

import structlog

from services.replicator.catalog.orphan_uploads import is_wanted
from services.replicator.catalog.sweeps import begin_sweep, note_sweep, prune_sweeps
from services.replicator.jobs.pages import open_stores, pages_of
from services.replicator.jobs.setbacks import Setbacks
from shared.catalog.unknown_objects import (
    PREFIXES,
    count_ripe,
    forget_erased,
    forget_removed,
    forget_unseen,
    is_wanted_again,
    quarantine_ripe,
    see_unknown,
    take_erasable,
)
from shared.stores.errors import StoreError

if TYPE_CHECKING:
    from datetime import datetime

    from services.replicator.catalog.sweeps import Sweep
    from services.replicator.workshop import Workshop
    from shared.catalog.unknown_objects import UnknownObject
    from shared.jobs import Run
    from shared.stores.store import Store

log = structlog.get_logger(__name__)

NOW: Final = "SELECT now()"
# More than one in a hundred, and more than a handful, would be no accident.
MOST_SHARE: Final = 0.01
ALWAYS: Final = 10
ERASED_AT_ONCE: Final = 100


async def sweep_orphans(shop: Workshop, run: Run) -> None:
    """Sweep over all servers that are on, one after the other."""
    await prune_sweeps(shop.pool)
    await forget_removed(shop.pool)
    for store in await open_stores(shop):
        sweep = await begin_sweep(shop.pool, store.server.id, "orphans")
        try:
            because = await _sweep(shop, store, sweep, run)
        except StoreError as error:
            because = f"{store.server.name}: {error}"
        await note_sweep(shop.pool, sweep, is_over=True, because=because)
        log.info("orphans.swept", server=store.server.name, unknown=sweep.unknown, because=because)


async def _sweep(shop: Workshop, store: Store, sweep: Sweep, run: Run) -> str | None:
    """Look at everything, then clear away; why it was not carried to its end."""
    server_id = store.server.id
    began: datetime = await shop.pool.fetchval(NOW)
    async for page in pages_of(store):
        ours = [(found.key, found.size) for found in page if found.key.startswith(PREFIXES)]
        sweep.seen += len(page)
        sweep.unknown += await see_unknown(shop.pool, server_id, ours, began)
        await note_sweep(shop.pool, sweep)
        await run.report({"server": store.server.name, "seen": sweep.seen})
    await forget_unseen(shop.pool, server_id, began)
    ripe = await count_ripe(shop.pool, server_id)
    if ripe > max(ALWAYS, sweep.seen * MOST_SHARE):
        return f"{ripe} of {sweep.seen} objects would go, which is too many to be right"
    return await _clear(shop, store, sweep)


async def _clear(shop: Workshop, store: Store, sweep: Sweep) -> str | None:
    """Put into quarantine what is ripe, and erase what was there for long; what was left out."""
    setbacks = Setbacks(store.server.name)
    await quarantine_ripe(shop.pool, store.server.id)
    await _erase(shop, store, sweep, setbacks)
    await _abort_uploads(shop, store, sweep, setbacks)
    return setbacks.left_out


async def _erase(shop: Workshop, store: Store, sweep: Sweep, setbacks: Setbacks) -> None:
    days = shop.settings.quarantine_days
    while True:
        batch = await take_erasable(shop.pool, store.server.id, days, ERASED_AT_ONCE)
        for unknown in sample(batch, len(batch)):
            with setbacks.passed_over(unknown.key):
                sweep.healed += await _erase_one(shop, store, unknown)
        if len(batch) < ERASED_AT_ONCE:
            return


async def _erase_one(shop: Workshop, store: Store, unknown: UnknownObject) -> bool:
    """Erase an object, unless a row wants it after all; StoreError."""
    is_orphan = not await is_wanted_again(shop.pool, unknown)
    if is_orphan:
        await store.delete(unknown.key)
        log.warning("orphan.erased", server=store.server.name, key=unknown.key)
    await forget_erased(shop.pool, unknown)
    return is_orphan


async def _abort_uploads(shop: Workshop, store: Store, sweep: Sweep, setbacks: Setbacks) -> None:
    """Abort multipart uploads begun more than a day ago that no row knows."""
    uploads = [upload async for upload in store.multipart.list_uploads()]
    setbacks.went_well()
    for upload in sample(uploads, len(uploads)):
        if upload.key.startswith(PREFIXES) and not await is_wanted(shop.pool, upload):
            sweep.unknown += 1
            with setbacks.passed_over(upload.key):
                await store.multipart.abort(upload.key, upload.upload_id)
                sweep.healed += 1
