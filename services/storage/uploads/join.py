"""Joins the parts of an upload into its object, once all of them are there."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from shared.errors import UPLOAD_EXPIRED, UPLOAD_INCOMPLETE, MeridianError
from shared.stores.errors import MultipartMissing
from shared.stores.part_sizes import count_parts, size_of_part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.catalog.versions import Version
    from shared.stores.multipart import Part
    from shared.stores.store import Store

# How many missing parts are named.
MOST_NAMED = 100

NOTHING_TOLD: Mapping[int, str] = MappingProxyType({})
LOST = "The S3 server has lost the parts of this upload; start it again."


async def join_parts(store: Store, upload: Version, told: Mapping[int, str] = NOTHING_TOLD) -> None:
    """Join what the server has; UPLOAD_INCOMPLETE names what it lacks, UPLOAD_EXPIRED: all is lost.

    `told` are the ETags the client got: a part that has another by now has to be sent again.
    """
    if upload.multipart_id is None:
        raise MeridianError(UPLOAD_INCOMPLETE)
    try:
        arrived = await store.multipart.list_parts(upload.key, upload.multipart_id)
        etags = _in_order(upload, arrived, told)
        await store.multipart.complete(upload.key, upload.multipart_id, etags)
    except MultipartMissing as error:
        # Joined by somebody before us, or forgotten: the object tells which.
        if await store.head(upload.key) is None:
            raise MeridianError(UPLOAD_EXPIRED, LOST) from error


def _in_order(upload: Version, arrived: Sequence[Part], told: Mapping[int, str]) -> list[str]:
    """The ETags of all parts, each of them as long as announced."""
    assert upload.part_size is not None
    found = {part.number: part for part in arrived if _is_right(upload, part, told)}
    numbers = range(1, count_parts(upload.size, upload.part_size) + 1)
    missing = [number for number in numbers if number not in found]
    if missing:
        words = f"{len(missing)} of {len(numbers)} parts have not arrived."
        raise MeridianError(UPLOAD_INCOMPLETE, words, missing=missing[:MOST_NAMED])
    return [found[number].etag for number in numbers]


def _is_right(upload: Version, part: Part, told: Mapping[int, str]) -> bool:
    assert upload.part_size is not None
    size = size_of_part(upload.size, upload.part_size, part.number)
    return part.size == size and told.get(part.number, part.etag) == part.etag
