"""The sweep over uploads: finds those nobody announced, and erases what dead URLs left behind."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from services.storage.abort import abort_upload
from services.storage.stored import store_upload
from services.storage.uploads import (
    forget_upload,
    look_again,
    look_at_the_end,
    take_due,
)
from shared.errors import MeridianError
from shared.stores.errors import StoreError

if TYPE_CHECKING:
    from services.storage.doorbell import Doorbell
    from services.storage.fleet import Fleet
    from shared.catalog.versions import Version
    from shared.db import Pool

log = structlog.get_logger(__name__)

SWEEP_EVERY_SECONDS = 1.0
BATCH = 32
UNAVAILABLE = 503


class Sweep:
    """Looks at every upload that is due; several sweeps share the work."""

    def __init__(self, pool: Pool, fleet: Fleet, doorbell: Doorbell, silent_seconds: float) -> None:
        self._pool = pool
        self._fleet = fleet
        self._doorbell = doorbell
        self._silent_seconds = silent_seconds

    async def run(self) -> None:
        """Sweep until cancelled; an outage only makes it later."""
        while True:
            try:
                looked_at = await self.sweep()
            except Exception as error:  # noqa: BLE001 the sweep outlives every outage
                log.warning("upload_sweep_failed", error=repr(error))
                looked_at = 0
            if looked_at < BATCH:
                await asyncio.sleep(SWEEP_EVERY_SECONDS)

    async def sweep(self) -> int:
        """Look at one batch; how many uploads were due."""
        due = await take_due(self._pool, BATCH)
        await asyncio.gather(*(self._look_at(upload, is_over) for upload, is_over in due))
        return len(due)

    async def _look_at(self, upload: Version, is_over: bool) -> None:
        try:
            if upload.state == "PENDING":
                await self._find(upload, is_over)
            else:
                await self._clear(upload, is_over)
        except (MeridianError, StoreError, TimeoutError) as error:
            log.info("upload_not_settled", upload_id=str(upload.id), error=str(error))

    async def _find(self, upload: Version, is_over: bool) -> None:
        try:
            await store_upload(self._pool, self._fleet, self._doorbell, upload)
        except MeridianError as error:
            if error.problem.status >= UNAVAILABLE:
                raise
            if is_over:
                await abort_upload(self._pool, upload.id, may_have_bytes=False)
                log.info("upload_dropped", upload_id=str(upload.id), reason=error.problem.code)
            else:
                await look_again(self._pool, upload.id, self._silent_seconds)
        else:
            log.info("silent_upload_found", upload_id=str(upload.id))

    async def _clear(self, upload: Version, is_over: bool) -> None:
        server = self._fleet.find_server(upload.upload_server_id)
        if server is None or upload.upload_key is None:
            await forget_upload(self._pool, upload.id)
            return
        keys = {upload.upload_key, upload.key}
        if upload.state == "STORED":
            keys.remove(upload.key)
        for key in keys:
            await self._fleet.stores.of(server).delete(key)
        if is_over:
            await forget_upload(self._pool, upload.id)
        else:
            await look_at_the_end(self._pool, upload.id)
