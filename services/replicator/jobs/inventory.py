"""Compares what servers list with what the rows say that they have, in the order of keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from services.replicator.catalog.held import list_held
from services.replicator.catalog.suspects import renew_suspects, suspect_replica
from services.replicator.catalog.sweeps import begin_sweep, note_sweep
from services.replicator.jobs.pages import PAGE, open_stores, pages_of
from services.replicator.jobs.setbacks import Setbacks
from shared.catalog.unknown_objects import PREFIXES, see_unknown
from shared.stores.digest import is_md5
from shared.stores.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from services.replicator.catalog.sweeps import Sweep
    from services.replicator.workshop import Workshop
    from shared.catalog.versions import Version
    from shared.jobs import Run
    from shared.stores.bucket import ListedObject
    from shared.stores.store import Store, StoredObject

log = structlog.get_logger(__name__)

NOW: Final = "SELECT now()"
FIRST_KEY: Final = ""
LAST_KEY: Final = "\U0010ffff"


async def take_inventory(shop: Workshop, run: Run) -> None:
    """Compare all servers that are on, one after the other."""
    for store in await open_stores(shop):
        sweep = await begin_sweep(shop.pool, store.server.id, "inventory")
        inventory = Inventory(shop, store, sweep)
        try:
            because = await inventory.take(run)
        except StoreError as error:
            because = f"{store.server.name}: {error}"
        await note_sweep(shop.pool, sweep, is_over=True, because=because)
        log.info(
            "inventory.taken",
            server=store.server.name,
            seen=sweep.seen,
            missing=sweep.missing,
            changed=sweep.changed,
            because=because,
        )


class Inventory:
    """Of one server."""

    def __init__(self, shop: Workshop, store: Store, sweep: Sweep) -> None:
        self._shop = shop
        self._store = store
        self._sweep = sweep
        self._compared = 0
        self._setbacks = Setbacks(store.server.name)

    async def take(self, run: Run) -> str | None:
        """Walk through listing and rows together; why it was not carried to its end."""
        began: datetime = await self._shop.pool.fetchval(NOW)
        server, after = self._store.server, FIRST_KEY
        async for page in pages_of(self._store):
            listed = {found.key: found for found in page}
            ours = [(found.key, found.size) for found in page if found.key.startswith(PREFIXES)]
            self._sweep.seen += len(page)
            self._sweep.unknown += await see_unknown(self._shop.pool, server.id, ours, began)
            await self._compare(listed, after, page[-1].key, began)
            after = page[-1].key
            await note_sweep(self._shop.pool, self._sweep)
            await run.report({"server": server.name, "seen": self._sweep.seen})
            if self._alarm:
                break
        else:
            await self._compare({}, after, LAST_KEY, began)
        return self._alarm or self._setbacks.left_out

    @property
    def _alarm(self) -> str | None:
        return self._sweep.find_alarm(self._compared)

    async def _compare(
        self, listed: Mapping[str, ListedObject], after: str, last: str, before: datetime
    ) -> None:
        """Compare the rows whose keys are in a range with what was listed of it."""
        server_id = self._store.server.id
        while True:
            held = await list_held(self._shop.pool, server_id, after, last, before, PAGE)
            for version in held:
                if self._alarm:
                    return
                self._compared += 1
                with self._setbacks.passed_over(version.key):
                    await self._compare_one(version, listed.get(version.key))
            if len(held) < PAGE:
                return
            after = held[-1].key

    async def _compare_one(self, version: Version, listed: ListedObject | None) -> None:
        if self._difference(version, listed) is None:
            return
        # It may have been written while the list was made.
        found = await self._store.head(version.key)
        what = self._difference(version, found)
        if what is None:
            return
        if found is None:
            self._sweep.missing += 1
        else:
            self._sweep.changed += 1
        server = self._store.server
        log.error("replica_suspect", server=server.name, version_id=version.id, reason=what)
        if await suspect_replica(self._shop.pool, version, server.id, what):
            healing = await renew_suspects(self._shop.pool, version)
            self._sweep.healed += server.id in healing
            self._shop.wake(0)

    def _difference(
        self, version: Version, found: ListedObject | StoredObject | None
    ) -> str | None:
        """What is wrong with the object of a version; None: nothing that can be seen from here."""
        if found is None:
            return "it has lost the object"
        if found.size != version.size:
            return f"it holds {found.size} bytes"
        if not self._store.server.makes_md5_etags:
            return None
        is_known = is_md5(version.etag or "") and is_md5(found.etag)
        return "it holds other bytes" if is_known and found.etag != version.etag else None
