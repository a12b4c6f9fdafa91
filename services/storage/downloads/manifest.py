"""What it takes to download a version from several cities at once and to prove every part of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.storage.downloads.offer import offer
from shared.errors import NOT_HASHED, MeridianError
from shared.stores.part_sizes import size_of_part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.storage.caller import Caller
    from services.storage.downloads.held import Held
    from services.storage.downloads.offer import Download, Wish
    from services.storage.servers.fleet import Fleet
    from shared.db import Connection, Pool

HASH_BYTES = 32
RETRY_SECONDS = 2

FIND_PART_HASHES = """
SELECT part_size, hashes FROM storage.part_hashes WHERE owner_id = $1 AND version_id = $2
"""


@dataclass(frozen=True, slots=True)
class HashedPart:
    """One part, counted from 1; `offset` and `size` in bytes."""

    number: int
    offset: int
    size: int
    sha256: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A version, cut in parts, and where it can be had; the best source first."""

    held: Held
    sha256: bytes
    part_size: int
    parts: Sequence[HashedPart]
    sources: Download


async def make_manifest(
    pool: Pool, fleet: Fleet, caller: Caller, held: Held, wish: Wish
) -> Manifest:
    """Sign a GET for several holders, with the hashes; NOT_HASHED, NO_HEALTHY_REPLICA."""
    if held.sha256 is None:
        raise MeridianError(NOT_HASHED, retry_after=RETRY_SECONDS)
    part_size, hashes = await _hashes_of(pool, held, held.sha256)
    return Manifest(
        held=held,
        sha256=held.sha256,
        part_size=part_size,
        parts=[_part(held, part_size, number, digest) for number, digest in enumerate(hashes, 1)],
        sources=offer(fleet, caller, held, wish),
    )


async def _hashes_of(
    db: Connection | Pool, held: Held, sha256: bytes
) -> tuple[int, Sequence[bytes]]:
    """The size of the parts and their hashes; one part where no others were ever read."""
    row = await db.fetchrow(FIND_PART_HASHES, held.owner_id, held.version_id)
    if row is None:
        return max(1, held.size), [sha256]
    joined = row["hashes"]
    starts = range(0, len(joined), HASH_BYTES)
    return row["part_size"], [joined[start : start + HASH_BYTES] for start in starts]


def _part(held: Held, part_size: int, number: int, sha256: bytes) -> HashedPart:
    size = size_of_part(held.size, part_size, number)
    return HashedPart(number, (number - 1) * part_size, size, sha256)
