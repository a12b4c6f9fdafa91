"""What has arrived of an upload, asked of the S3 server itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from services.storage.servers.fleet import open_store
from services.storage.uploads.abort import abort_upload
from shared.errors import STORE_UNAVAILABLE, MeridianError
from shared.stores.errors import MultipartMissing, StoreError
from shared.stores.multipart import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.storage.servers.fleet import Fleet
    from shared.catalog.versions import Version
    from shared.db import Pool
    from shared.stores.store import Store

RETRY_SECONDS = 2


async def find_received(
    pool: Pool, fleet: Fleet, upload: Version
) -> tuple[Version, Sequence[Part]]:
    """The upload and the parts that have arrived; one in a single piece has one part.

    An upload whose parts the server has lost is over. STORE_UNAVAILABLE.
    """
    if upload.state != "PENDING":
        return upload, ()
    store = open_store(fleet, upload.upload_server_id)
    try:
        return upload, await _ask(store, upload)
    except MultipartMissing:
        return await _without_parts(pool, store, upload)
    except StoreError as error:
        raise MeridianError(STORE_UNAVAILABLE, retry_after=RETRY_SECONDS) from error


async def _ask(store: Store, upload: Version) -> Sequence[Part]:
    if upload.multipart_id is not None:
        return await store.multipart.list_parts(upload.key, upload.multipart_id)
    found = await store.head(upload.upload_key or upload.key)
    return () if found is None else (Part(1, found.size, found.etag),)


async def _without_parts(
    pool: Pool, store: Store, upload: Version
) -> tuple[Version, Sequence[Part]]:
    """Joined parts are an object that is just being checked; otherwise all is lost."""
    if await store.head(upload.key) is None:
        await abort_upload(pool, upload, may_have_bytes=True)
        return replace(upload, state="GONE"), ()
    return upload, ()
