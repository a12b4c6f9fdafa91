"""A client says that the bytes are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.storage.uploads.abort import abort_upload
from services.storage.uploads.refused import report_missing
from services.storage.uploads.settle import store_upload
from shared.errors import (
    CHECKSUM_MISMATCH,
    SIZE_MISMATCH,
    UPLOAD_EXPIRED,
    UPLOAD_INCOMPLETE,
    MeridianError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.storage.events.doorbell import Doorbell
    from services.storage.servers.fleet import Fleet
    from shared.catalog.versions import Version
    from shared.db import Pool

# Parts that were joined and refused, or lost, cannot be sent again one by one.
FINAL = frozenset((CHECKSUM_MISMATCH, SIZE_MISMATCH, UPLOAD_EXPIRED))


async def complete_upload(
    pool: Pool, fleet: Fleet, doorbell: Doorbell, upload: Version, told: Mapping[int, str]
) -> None:
    """Store the upload, or give one up whose parts are of no use; what `store_upload` raises."""
    try:
        await store_upload(pool, fleet, doorbell, upload, told)
    except MeridianError as error:
        if error.problem is UPLOAD_INCOMPLETE:
            await report_missing(pool, upload)
        if upload.part_size is not None and error.problem in FINAL:
            await abort_upload(pool, upload, may_have_bytes=True)
        raise
