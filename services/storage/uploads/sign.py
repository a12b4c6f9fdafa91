"""Sign parts of an upload, the first time or again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.storage.servers.fleet import open_store
from services.storage.uploads.own_uploads import find_own_upload, keep_upload
from services.storage.uploads.parts import Cut, sign_parts
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
    from uuid import UUID

    from services.storage.servers.fleet import Fleet
    from services.storage.settings import UploadRules
    from services.storage.uploads.parts import SignedPart
    from shared.catalog.versions import Version
    from shared.db import Pool
    from shared.errors import Problem

RETRY_SECONDS = 2


async def sign_own_parts(
    pool: Pool,
    fleet: Fleet,
    rules: UploadRules,
    user_id: UUID,
    upload_id: UUID,
    numbers: Sequence[int],
) -> list[SignedPart]:
    """Sign these parts, and keep the upload alive.

    UPLOAD_NOT_FOUND, UPLOAD_FINISHED, UPLOAD_EXPIRED, UPLOAD_IN_ONE_PIECE, STORE_UNAVAILABLE.
    """
    upload = await keep_upload(pool, user_id, upload_id, rules.parts_seconds)
    if upload is None:
        raise MeridianError(await _why_not(pool, user_id, upload_id))
    cut = _cut(fleet, upload)
    if max(numbers) > cut.count:
        message = f"Must be part numbers from 1 to {cut.count}."
        raise MeridianError(VALIDATION_FAILED, errors={"numbers": [message]})
    return sign_parts(fleet, cut, numbers, rules.url_seconds)


async def _why_not(pool: Pool, user_id: UUID, upload_id: UUID) -> Problem:
    upload = await find_own_upload(pool, user_id, upload_id)
    if upload is None:
        return UPLOAD_NOT_FOUND
    if upload.state == "STORED":
        return UPLOAD_FINISHED
    return UPLOAD_IN_ONE_PIECE if upload.part_size is None else UPLOAD_EXPIRED


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
