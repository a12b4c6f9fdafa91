"""An uploaded object becomes a STORED version, whoever noticed it: client, webhook or sweep."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from services.storage.servers.fleet import open_store
from services.storage.uploads.abort import abort_upload
from services.storage.uploads.join import NOTHING_TOLD, join_parts
from services.storage.uploads.lease import LeaseLost, give_back, keep_lease
from services.storage.uploads.object_keys import object_key
from services.storage.uploads.own_uploads import is_permitted
from shared.catalog.versions import claim_settling, find_version, mark_stored
from shared.errors import (
    CHECKSUM_MISMATCH,
    SIZE_MISMATCH,
    STORE_UNAVAILABLE,
    UPLOAD_EXPIRED,
    UPLOAD_INCOMPLETE,
    MeridianError,
)
from shared.stores.digest import is_md5, sha256_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.storage.events.doorbell import Doorbell
    from services.storage.servers.fleet import Fleet
    from shared.catalog.servers import Server
    from shared.catalog.versions import Version
    from shared.db import Pool
    from shared.stores.store import Store

# Renewed as long as the work goes on, however large the object is.
LEASE_SECONDS = 60
WAIT_SECONDS = 15.0
LOOK_SECONDS = 0.02
READS = 2
# A larger object is read once, by its first copy, which goes by what the client announced.
READ_AT_ONCE_BYTES: Final = 16_777_216


async def store_upload(
    pool: Pool,
    fleet: Fleet,
    doorbell: Doorbell,
    upload: Version,
    told: Mapping[int, str] = NOTHING_TOLD,
) -> None:
    """Check the object and make its version STORED; calling again, or at once, does no harm.

    `told` are the ETags of the parts, as far as a client knows them.
    UPLOAD_INCOMPLETE, SIZE_MISMATCH, CHECKSUM_MISMATCH, UPLOAD_EXPIRED, STORE_UNAVAILABLE.
    """
    deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
    while upload.state == "PENDING":
        store = open_store(fleet, upload.upload_server_id)
        if await _settle_if_free(pool, store, upload, told):
            doorbell.ring()
            return
        if asyncio.get_running_loop().time() > deadline:
            raise MeridianError(
                STORE_UNAVAILABLE, "The upload is still being checked.", retry_after=2
            )
        await asyncio.sleep(LOOK_SECONDS)
        upload = await find_version(pool, upload.owner_id, upload.id) or upload
    if upload.state != "STORED":
        raise MeridianError(
            UPLOAD_EXPIRED, "It took too long, was given up, or its city was removed: start anew."
        )


async def _settle_if_free(
    pool: Pool, store: Store, upload: Version, told: Mapping[int, str]
) -> bool:
    """Do the work unless somebody else is at it; whether this call has stored the version."""
    key = None if upload.upload_key == upload.key else object_key()
    claim = await claim_settling(pool, upload, LEASE_SECONDS, key)
    if claim is None:
        return False
    claimed, abandoned_key = claim
    if abandoned_key == claimed.upload_key:
        abandoned_key = None
    try:
        if abandoned_key is not None:
            await store.delete(abandoned_key)
            abandoned_key = None
        is_stored = await _settle(pool, store, claimed, told)
    except BaseException:
        await give_back(pool, claimed, abandoned_key)
        raise
    if claimed.upload_key != claimed.key:
        await store.delete(_put_key(claimed) if is_stored else claimed.key)
    return is_stored


async def _settle(pool: Pool, store: Store, upload: Version, told: Mapping[int, str]) -> bool:
    """Make the object sure and mark it STORED; False when the lease was lost on the way."""
    try:
        checked = await keep_lease(pool, upload, LEASE_SECONDS, _check(store, upload, told))
    except LeaseLost:
        return False
    if not await is_permitted(pool, upload):
        await abort_upload(pool, upload, may_have_bytes=True)
        raise MeridianError(UPLOAD_EXPIRED, "The sender may not write there any more.")
    return await mark_stored(pool, upload, *checked)


async def _check(
    store: Store, upload: Version, told: Mapping[int, str]
) -> tuple[bytes | None, str | None]:
    """Join the parts, or copy the object from the key a client can write to one nobody can.

    Its hash, if the client announced it, and the ETag of what was put, if that tells of the bytes.
    """
    put_key = _put_key(upload)
    if upload.part_size is not None:
        await join_parts(store, upload, told)
    etag = await _check_size(store, upload, put_key)
    if put_key != upload.key:
        await store.copy(put_key, upload.key)
        copied = await _check_size(store, upload, upload.key)
        if store.server.makes_md5_etags and is_md5(etag) and is_md5(copied) and etag != copied:
            raise MeridianError(STORE_UNAVAILABLE, "The server's own copy differs.", retry_after=2)
    sha256 = await _check_sha256(store, upload)
    return sha256, (etag or None) if _tells_of_bytes(store.server, upload) else None


def _tells_of_bytes(server: Server, upload: Version) -> bool:
    return server.makes_md5_etags if upload.part_size is None else server.makes_part_etags


def _put_key(upload: Version) -> str:
    return upload.upload_key or upload.key


async def _check_size(store: Store, upload: Version, key: str) -> str:
    """The ETag of an object that has the announced size."""
    found = await store.head(key)
    if found is None:
        raise MeridianError(UPLOAD_INCOMPLETE)
    if found.size != upload.size:
        await store.delete(key)
        words = f"{upload.size} bytes were declared, {found.size} arrived."
        raise MeridianError(
            SIZE_MISMATCH, words, declared_size=upload.size, received_size=found.size
        )
    return found.etag


async def _check_sha256(store: Store, upload: Version) -> bytes | None:
    """Hash a small object when the client announced a hash: not every S3 server checks it."""
    if upload.declared_sha256 is None or upload.size > READ_AT_ONCE_BYTES:
        return None
    # One bad read may be the line or the disk, and what is erased here nobody else has.
    for _ in range(READS):
        async with store.open(upload.key) as content:
            _, found = await sha256_of(content)
        if found == upload.declared_sha256:
            return found
    await store.delete(upload.key)
    await store.delete(_put_key(upload))
    raise MeridianError(CHECKSUM_MISMATCH)
