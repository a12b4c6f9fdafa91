"""Objects of ours that no row wants: seen → quarantined → erasing, or restored by somebody.

No two rows ever have one key, and a row is there before its object. So what no row wants now, no
new one will want later; but one whose copy is GONE may want it there again: it is asked to the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from shared.batches import in_batches

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool

# How keys begin of files, of uploads, and of what a probe tries. Whatever else is there stays:
# what other people put there, the marker that says whose the bucket is, and the canary.
PREFIXES: Final = ("object-", "incoming-", "meridian-probe/")
QUARANTINE_DAYS: Final = 30

COLUMNS: Final = "id, server_id, key, size, first_seen_at, last_seen_at, quarantined_at, state"
# A copy there is or shall be, an upload that may still come, or one whose rest the sweep erases.
WANTED: Final = """(
    EXISTS (
        SELECT FROM storage.versions JOIN storage.replicas
            ON replicas.owner_id = versions.owner_id AND replicas.version_id = versions.id
        WHERE versions.key = {key} AND replicas.server_id = $1 AND replicas.state <> 'GONE')
    OR EXISTS (
        SELECT FROM storage.versions WHERE versions.key = {key}
            AND versions.upload_server_id = $1 AND versions.state = 'PENDING')
    OR EXISTS (
        SELECT FROM storage.versions WHERE versions.upload_key = {key}
            AND versions.upload_server_id = $1
            AND (versions.state = 'PENDING' OR versions.next_check_at IS NOT NULL))
)"""
# $1 server, $2 keys, $3 their sizes, $4 when the sweep began
SEE_UNKNOWN: Final = f"""
INSERT INTO storage.unknown_objects (server_id, key, size, last_seen_at)
SELECT $1, listed.key, listed.size, $4
FROM unnest($2::text[], $3::bigint[]) AS listed (key, size)
WHERE NOT {WANTED.format(key="listed.key")}
ON CONFLICT (server_id, key) DO UPDATE
SET last_seen_at = GREATEST(unknown_objects.last_seen_at, EXCLUDED.last_seen_at),
    size = EXCLUDED.size
RETURNING state
"""
# What is listed no more, or what a row wants after all, was no orphan. What somebody wants to keep
# is kept also when it comes back: a disk may not have been mounted.
FORGET_UNSEEN: Final = """
DELETE FROM storage.unknown_objects WHERE id IN (
    SELECT id FROM storage.unknown_objects
    WHERE server_id = $1 AND last_seen_at < $2 AND state <> 'restored' LIMIT $3)
RETURNING id
"""
FORGET_REMOVED: Final = """
DELETE FROM storage.unknown_objects WHERE id IN (
    SELECT unknown_objects.id FROM storage.servers
    JOIN storage.unknown_objects ON unknown_objects.server_id = servers.id
    WHERE servers.removed_at IS NOT NULL LIMIT $1)
RETURNING id
"""
COUNT_RIPE: Final = """
SELECT count(*) FROM storage.unknown_objects
WHERE server_id = $1 AND state = 'seen' AND first_seen_at < now() - interval '24 hours'
"""
QUARANTINE_RIPE: Final = f"""
UPDATE storage.unknown_objects SET state = 'quarantined', quarantined_at = now()
WHERE server_id = $1 AND state = 'seen' AND first_seen_at < now() - interval '24 hours'
    AND NOT {WANTED.format(key="unknown_objects.key")}
RETURNING id
"""
# The rows are asked again by the statement that decides it.
TAKE_ERASABLE: Final = f"""
UPDATE storage.unknown_objects SET state = 'erasing'
WHERE id IN (
        SELECT id FROM storage.unknown_objects
        WHERE server_id = $1 AND (state = 'erasing' OR state = 'quarantined'
            AND quarantined_at < now() - make_interval(days => $2))
        ORDER BY id LIMIT $3)
    AND NOT {WANTED.format(key="unknown_objects.key")}
RETURNING {COLUMNS}
"""
# Others were erased since it was taken, and that may have lasted.
IS_WANTED: Final = f"SELECT {WANTED.format(key='$2::text')}"
FORGET_ERASED: Final = "DELETE FROM storage.unknown_objects WHERE id = $1 AND state = 'erasing'"
LIST_UNKNOWN: Final = f"""
SELECT {COLUMNS} FROM storage.unknown_objects
WHERE state <> 'restored'
    AND id < COALESCE($1::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
ORDER BY id DESC LIMIT $2
"""
RESTORE: Final = f"""
UPDATE storage.unknown_objects SET state = 'restored', quarantined_at = NULL
WHERE id = $1 AND state IN ('seen', 'quarantined') RETURNING {COLUMNS}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownObject:
    """An object that no row wants; `size` in bytes."""

    id: UUID
    server_id: UUID
    key: str
    size: int
    first_seen_at: datetime
    last_seen_at: datetime
    quarantined_at: datetime | None
    state: str


async def see_unknown(
    db: Connection | Pool, server_id: UUID, listed: Sequence[tuple[str, int]], at: datetime
) -> int:
    """Note those of these keys and sizes that no row wants; how many, but for restored ones."""
    keys, sizes = [key for key, _ in listed], [size for _, size in listed]
    rows = await db.fetch(SEE_UNKNOWN, server_id, keys, sizes, at)
    return sum(row["state"] != "restored" for row in rows)


async def forget_unseen(db: Connection | Pool, server_id: UUID, since: datetime) -> None:
    """Drop what a whole sweep that began then has not seen."""
    await in_batches(db, FORGET_UNSEEN, server_id, since)


async def forget_removed(db: Connection | Pool) -> None:
    """Drop what was seen on servers that were removed."""
    await in_batches(db, FORGET_REMOVED)


async def count_ripe(db: Connection | Pool, server_id: UUID) -> int:
    """How many were first seen at least a day ago, and are seen still."""
    return int(await db.fetchval(COUNT_RIPE, server_id))


async def quarantine_ripe(db: Connection | Pool, server_id: UUID) -> int:
    """Seen → quarantined, a day after the first sight; how many."""
    return len(await db.fetch(QUARANTINE_RIPE, server_id))


async def take_erasable(
    db: Connection | Pool, server_id: UUID, days: int, limit: int
) -> list[UnknownObject]:
    """Quarantined → erasing, after so many days; also what was not erased the last time."""
    return [UnknownObject(**row) for row in await db.fetch(TAKE_ERASABLE, server_id, days, limit)]


async def forget_erased(db: Connection | Pool, unknown: UnknownObject) -> None:
    """Drop the row of an object that is erased, or that a row wants after all."""
    await db.execute(FORGET_ERASED, unknown.id)


async def is_wanted_again(db: Connection | Pool, unknown: UnknownObject) -> bool:
    """Whether a row wants by now what was to be erased."""
    wanted: bool = await db.fetchval(IS_WANTED, unknown.server_id, unknown.key)
    return wanted


async def list_unknown(
    db: Connection | Pool, before: UUID | None, limit: int
) -> list[UnknownObject]:
    """What no row wants, newest first, from before that one on."""
    return [UnknownObject(**row) for row in await db.fetch(LIST_UNKNOWN, before, limit)]


async def restore_unknown(db: Connection | Pool, unknown_id: UUID) -> UnknownObject | None:
    """Keep an object for good; None when there is none, or it is being erased."""
    row = await db.fetchrow(RESTORE, unknown_id)
    return None if row is None else UnknownObject(**row)
