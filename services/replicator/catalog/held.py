"""What a server should have by the rows: copies by key, or by when they were last read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from services.replicator.catalog.suspects import OF_SERVER, REST
from shared.catalog.versions import COLUMNS, Version

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from services.replicator.copying.evidence import Proven
    from shared.db import Connection, Pool

HELD: Final = f"""
SELECT {COLUMNS} FROM storage.versions JOIN storage.replicas
    ON replicas.owner_id = versions.owner_id AND replicas.version_id = versions.id
WHERE replicas.server_id = $1 AND replicas.state = '{{state}}' AND versions.state = 'STORED'
"""
READY: Final = HELD.format(state="READY")
# $2 and $3 the keys between, $4 READY since before then
LIST_HELD: Final = f"""{READY}
    AND versions.key > $2 AND versions.key <= $3 AND replicas.updated_at < $4
ORDER BY versions.key LIMIT $5
"""
# What was just stored is soon read by its first copy. $5 could not be read just now.
LIST_UNREAD: Final = f"""{READY}
    AND (replicas.verified_at IS NULL OR replicas.verified_at < $2)
    AND replicas.updated_at < $3
    AND CASE WHEN replicas.is_surplus THEN versions.id <> ALL($5::uuid[])
        ELSE COALESCE(replicas.next_attempt_at <= now(), true) END
ORDER BY replicas.verified_at NULLS FIRST LIMIT $4
"""
# $2 when somebody asked for it, or null; else they are looked at once an hour.
LIST_SUSPECT: Final = f"""{HELD.format(state="SUSPECT")}
    AND replicas.updated_at < GREATEST($2::timestamptz, now() - {REST})
ORDER BY replicas.updated_at LIMIT $3
"""
LEARN_HASH: Final = """
UPDATE storage.versions SET sha256 = $3, proof = $4
WHERE owner_id = $1 AND id = $2 AND sha256 IS NULL
"""
CONFIRM: Final = f"""
UPDATE storage.replicas
SET verified_at = now(), failures = 0, last_error = NULL,
    next_attempt_at = CASE WHEN is_surplus THEN next_attempt_at END
FROM storage.versions
WHERE {OF_SERVER} AND replicas.state = 'READY' AND versions.owner_id = replicas.owner_id
    AND versions.id = replicas.version_id AND versions.sha256 = $4
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is to be read: what nobody has read since `read_before`, READY since before `since`.

    `asked_at`: somebody wants all of it read then; None: as it is time.
    """

    read_before: datetime
    since: datetime
    asked_at: datetime | None


async def list_held(
    db: Connection | Pool, server_id: UUID, after: str, last: str, before: datetime, limit: int
) -> list[Version]:
    """Versions whose keys are behind `after`, up to `last`, in the order of keys."""
    rows = await db.fetch(LIST_HELD, server_id, after, last, before, limit)
    return [Version(**row) for row in rows]


async def list_unread(
    db: Connection | Pool, server_id: UUID, scope: Scope, limit: int, besides: Collection[UUID] = ()
) -> list[Version]:
    """Versions that nobody has read there for long, `besides` some."""
    rows = await db.fetch(
        LIST_UNREAD, server_id, scope.read_before, scope.since, limit, list(besides)
    )
    return [Version(**row) for row in rows]


async def list_suspect(
    db: Connection | Pool, server_id: UUID, scope: Scope, limit: int
) -> list[Version]:
    """Versions whose copies there are in doubt, those first that wait longest to be read again."""
    rows = await db.fetch(LIST_SUSPECT, server_id, scope.asked_at, limit)
    return [Version(**row) for row in rows]


async def confirm(db: Connection | Pool, version: Version, read: Proven) -> None:
    """Note that a copy was read to its end and has the bytes of its version."""
    await db.execute(CONFIRM, version.owner_id, version.id, read.server_id, read.sha256)


async def learn_hash(db: Connection | Pool, version: Version, read: Proven) -> None:
    """Note the hash of a version that was never read before."""
    if version.sha256 is None:
        await db.execute(LEARN_HASH, version.owner_id, version.id, read.sha256, read.proof)
