"""The bytes of a lane into an object of its server, which has to prove that it got them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.replicator.catalog.claims import note_upload
from services.replicator.copying.shelter import shelter
from shared.stores.digest import sha256_of
from shared.stores.errors import ObjectRefused

if TYPE_CHECKING:
    from services.replicator.copying.fingerprint import Fingerprint
    from services.replicator.copying.lane import Lane
    from services.replicator.workshop import Workshop
    from shared.catalog.versions import Version

ABORT_SECONDS = 0.7
# Sent in one go with its headers.
SMALL_BYTES = 131_072


class WrongBytes(ObjectRefused):
    """The server has something else than what was sent."""


class LeaseLost(Exception):
    """Somebody else works on this replica now."""


async def upload(shop: Workshop, version: Version, lane: Lane, reading: Fingerprint) -> None:
    """Write the object and check it; WrongBytes, LeaseLost, StoreError."""
    in_parts = shop.settings.cut(version).in_parts
    await _clear(version, lane, in_parts=in_parts)
    if in_parts:
        etags = await _put_parts(shop, version, lane, reading.part_size)
        is_proven = etags == reading.parts
        await _check_size(version, lane)
    else:
        is_proven = await _put_whole(version, lane) == reading.md5
    if not is_proven:
        await _compare(version, lane, reading)


async def _clear(version: Version, lane: Lane, *, in_parts: bool) -> None:
    """Abort what attempts before this one left, also one killed before it wrote its id down."""
    if lane.claim.upload_id is not None:
        await lane.store.multipart.abort(version.key, lane.claim.upload_id)
    if in_parts:
        await lane.store.multipart.abort_all(version.key)


async def _put_whole(version: Version, lane: Lane) -> str:
    is_small = version.size <= SMALL_BYTES
    body = await lane.take_all() if is_small else lane.take(version.size)
    return await lane.store.put(version.key, body, version.size, content_type=version.content_type)


async def _put_parts(shop: Workshop, version: Version, lane: Lane, part_bytes: int) -> list[str]:
    multipart = lane.store.multipart
    upload_id = await multipart.create(version.key, version.content_type)
    try:
        if not await note_upload(shop.pool, lane.claim, upload_id):
            raise LeaseLost  # noqa: TRY301 it is caught here to abort what was begun
        etags = []
        for number, start in enumerate(range(0, version.size, part_bytes), 1):
            size = min(part_bytes, version.size - start)
            etag = await multipart.put(version.key, upload_id, number, lane.take(size), size)
            etags.append(etag)
        await multipart.complete(version.key, upload_id, etags)
    except BaseException:
        await shelter(multipart.abort(version.key, upload_id), ABORT_SECONDS)
        raise
    return etags


async def _check_size(version: Version, lane: Lane) -> None:
    found = await lane.store.head(version.key)
    if found is None or found.size != version.size:
        raise WrongBytes("the joined object has another size")


async def _compare(version: Version, lane: Lane, reading: Fingerprint) -> None:
    """Read the object back: its ETag is no MD5, or is one of other bytes."""
    async with lane.store.open(version.key) as content:
        found = await sha256_of(content)
    if found != (version.size, reading.sha256):
        raise WrongBytes("the object read back differs from what was sent")
