"""Sign parts of an upload, the first time or again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.storage.servers.fleet import open_store
from services.storage.uploads.parts import Cut, sign_parts
from services.storage.uploads.uploads import keep_upload
from shared.catalog.versions import find_version
from shared.errors import (
    STORE_UNAVAILABLE,
    UPLOAD_EXPIRED,
    UPLOAD_FINISHED,
    UPLOAD_IN_ONE_PIECE,
    UPLOAD_NOT_FOUND,
    VALIDATION_FAILED,
    MeridianError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.storage.servers.fleet import Fleet
    from services.storage.settings import UploadRules
    from services.storage.uploads.parts import SignedPart
    from shared.catalog.versions import Version
    from shared.db import Pool
    from shared.errors import Problem

RETRY_SECONDS = 2


async def sign_parts_of(
    pool: Pool, fleet: Fleet, rules: UploadRules, upload: Version, numbers: Sequence[int]
) -> list[SignedPart]:
    """Sign these parts, and keep the upload alive.

    UPLOAD_NOT_FOUND, UPLOAD_FINISHED, UPLOAD_EXPIRED, UPLOAD_IN_ONE_PIECE, STORE_UNAVAILABLE.
    """
    kept = await keep_upload(pool, upload, rules.parts_seconds)
    if kept is None:
        raise MeridianError(await _why_not(pool, upload))
    cut = _cut(fleet, kept)
    if max(numbers) > cut.count:
        message = f"Must be part numbers from 1 to {cut.count}."
        raise MeridianError(VALIDATION_FAILED, errors={"numbers": [message]})
    return sign_parts(fleet, cut, numbers, rules.url_seconds)


async def _why_not(pool: Pool, upload: Version) -> Problem:
    found = await find_version(pool, upload.owner_id, upload.id)
    if found is None:
        return UPLOAD_NOT_FOUND
    if found.state == "STORED":
        return UPLOAD_FINISHED
    return UPLOAD_IN_ONE_PIECE if found.part_size is None else UPLOAD_EXPIRED


def _cut(fleet: Fleet, upload: Version) -> Cut:
    if upload.multipart_id is None:
        raise MeridianError(STORE_UNAVAILABLE, retry_after=RETRY_SECONDS)
    assert upload.part_size is not None
    return Cut(
        server=open_store(fleet, upload.upload_server_id).server,
        key=upload.key,
        multipart_id=upload.multipart_id,
        size=upload.size,
        part_size=upload.part_size,
    )
