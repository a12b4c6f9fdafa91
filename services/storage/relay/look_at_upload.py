"""One upload that is due: found when nobody announced it, or cleared of what its URL left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from services.storage.servers.fleet import open_store
from services.storage.uploads.abort import abort_upload
from services.storage.uploads.settle import store_upload
from services.storage.uploads.uploads import forget_upload, look_again, look_at_the_end
from shared.errors import CHECKSUM_MISMATCH, SIZE_MISMATCH, UPLOAD_INCOMPLETE, MeridianError
from shared.grouped import Grouped
from shared.stores.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.storage.events.doorbell import Doorbell
    from services.storage.servers.fleet import Fleet
    from services.storage.uploads.uploads import Due
    from shared.catalog.versions import Version
    from shared.db import Pool
    from shared.errors import Problem

log = structlog.get_logger(__name__)

# Joined parts that were refused cannot be sent again.
REFUSED = frozenset((CHECKSUM_MISMATCH, SIZE_MISMATCH))
# Looks that end together share a statement.
GATHER_SECONDS = 0.02


class Finder:
    """Looks at single uploads, whatever state they are in."""

    def __init__(self, pool: Pool, fleet: Fleet, doorbell: Doorbell, silent_seconds: float) -> None:
        self._pool = pool
        self._fleet = fleet
        self._doorbell = doorbell
        self._silent_seconds = silent_seconds
        self._look_again = Grouped(self._put_off, GATHER_SECONDS)

    async def look_at(self, due: Due) -> None:
        """Do what is to be done now; what goes wrong leaves it due again in a minute."""
        upload = due.upload
        try:
            if upload.state == "PENDING":
                await self._find(due)
            else:
                await self._clear(upload, due.is_over)
        except (MeridianError, StoreError, TimeoutError) as error:
            log.info("upload_not_settled", upload_id=str(upload.id), error=str(error))
        except Exception as error:  # noqa: BLE001 one upload is no reason to stop, nor is an outage
            log.warning("upload_look_failed", upload_id=str(upload.id), error=repr(error))

    async def _is_missing(self, due: Due) -> bool:
        """Whether nothing came of a single PUT: nobody has to hold it to say so.

        Once somebody held it, there may be an object of another key, which the next holder erases.
        """
        upload = due.upload
        if not due.is_untouched or upload.part_size is not None:
            return False
        store = open_store(self._fleet, upload.upload_server_id)
        return await store.head(upload.upload_key or upload.key) is None

    async def _find(self, due: Due) -> None:
        upload, is_over = due.upload, due.is_over
        if await self._is_missing(due):
            await self._put_off_or_drop(upload, is_over, UPLOAD_INCOMPLETE)
            return
        try:
            await store_upload(self._pool, self._fleet, self._doorbell, upload)
        except MeridianError as error:
            if error.problem.is_temporary:
                raise
            await self._put_off_or_drop(upload, is_over, error.problem)
        else:
            log.info("silent_upload_found", upload_id=str(upload.id))

    async def _put_off_or_drop(self, upload: Version, is_over: bool, problem: Problem) -> None:
        in_parts = upload.part_size is not None
        if is_over or (in_parts and problem in REFUSED):
            await abort_upload(self._pool, upload, may_have_bytes=in_parts)
            log.info("upload_dropped", upload_id=str(upload.id), reason=problem.code)
        else:
            await self._look_again(upload)

    async def _put_off(self, uploads: Sequence[Version]) -> list[None]:
        await look_again(self._pool, uploads, self._silent_seconds)
        return [None for _ in uploads]

    async def _clear(self, upload: Version, is_over: bool) -> None:
        if upload.upload_key is None:
            await forget_upload(self._pool, upload)
            return
        store = open_store(self._fleet, upload.upload_server_id)
        if upload.part_size is not None:
            await store.multipart.forget(upload.upload_key, upload.multipart_id)
        keys = {upload.upload_key, upload.key}
        if upload.state == "STORED":
            keys.remove(upload.key)
        for key in keys:
            await store.delete(key)
        if is_over:
            await forget_upload(self._pool, upload)
        else:
            await look_at_the_end(self._pool, upload)
