"""What a server should have by the rows: READY copies, by key or by when they were last read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.catalog.versions import COLUMNS, Version

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from services.replicator.copying.evidence import Proven
    from shared.db import Connection, Pool

HELD: Final = f"""
SELECT {COLUMNS} FROM storage.versions JOIN storage.replicas
    ON replicas.owner_id = versions.owner_id AND replicas.version_id = versions.id
WHERE replicas.server_id = $1 AND replicas.state = 'READY' AND versions.state = 'STORED'
"""
# $2 and $3 the keys between, $4 READY since before then
LIST_HELD: Final = f"""{HELD}
    AND versions.key > $2 AND versions.key <= $3 AND replicas.updated_at < $4
ORDER BY versions.key LIMIT $5
"""
# What was just stored is soon read by its first copy.
LIST_UNREAD: Final = f"""{HELD}
    AND (replicas.verified_at IS NULL OR replicas.verified_at < $2)
    AND replicas.updated_at < $3
ORDER BY replicas.verified_at NULLS FIRST LIMIT $4
"""
LEARN_HASH: Final = """
UPDATE storage.versions SET sha256 = $3, proof = $4
WHERE owner_id = $1 AND id = $2 AND sha256 IS NULL
"""
CONFIRM: Final = """
UPDATE storage.replicas SET verified_at = now()
WHERE owner_id = $1 AND version_id = $2 AND server_id = $3 AND state = 'READY'
"""


async def list_held(
    db: Connection | Pool, server_id: UUID, after: str, last: str, before: datetime, limit: int
) -> list[Version]:
    """Versions whose keys are behind `after`, up to `last`, in the order of keys."""
    rows = await db.fetch(LIST_HELD, server_id, after, last, before, limit)
    return [Version(**row) for row in rows]


async def list_unread(
    db: Connection | Pool, server_id: UUID, read_before: datetime, since: datetime, limit: int
) -> list[Version]:
    """Versions that nobody has read there since then; READY since before `since`."""
    rows = await db.fetch(LIST_UNREAD, server_id, read_before, since, limit)
    return [Version(**row) for row in rows]


async def confirm(db: Connection | Pool, version: Version, read: Proven) -> None:
    """Note that a copy was read to its end and has the bytes of its version."""
    if version.sha256 is None:
        await db.execute(LEARN_HASH, version.owner_id, version.id, read.sha256, read.proof)
    await db.execute(CONFIRM, version.owner_id, version.id, read.server_id)
