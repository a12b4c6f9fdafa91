"""The SHA-256 of each part of a version, kept when it is first read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.catalog.versions import Version
    from shared.db import Connection, Pool

KEEP_PART_HASHES = """
INSERT INTO storage.part_hashes (owner_id, version_id, part_size, hashes)
VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
"""


async def keep_part_hashes(
    db: Connection | Pool, version: Version, part_size: int, hashes: Sequence[bytes]
) -> None:
    """Write the hashes of all parts down, one behind the other."""
    await db.execute(KEEP_PART_HASHES, version.owner_id, version.id, part_size, b"".join(hashes))
