"""Events on their way to the stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from shared.batches import in_batches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.db import Connection, Pool

Entry: TypeAlias = dict[str, str]

# Not `id > last seen`: ids become visible out of order, and that rule loses events.
TAKE_WAITING = """
SELECT id, event, is_bulk FROM storage.outbox WHERE published_at IS NULL
ORDER BY is_bulk, id LIMIT $1 FOR UPDATE SKIP LOCKED
"""
MARK_PUBLISHED = "UPDATE storage.outbox SET published_at = now() WHERE id = ANY($1::bigint[])"
PRUNE_PUBLISHED = """
DELETE FROM storage.outbox WHERE id IN (
    SELECT id FROM storage.outbox WHERE published_at < now() - make_interval(hours => $1::int)
    LIMIT $2)
RETURNING id
"""


class Waiting(NamedTuple):
    """An event that the stream does not have yet."""

    id: int
    entry: Entry
    is_bulk: bool


async def take_waiting(db: Connection, limit: int) -> list[Waiting]:
    """Lock and return up to `limit` unpublished entries: fresh ones first, then by age.

    They are not decoded: what nobody understands is for the readers of the stream to set aside.
    """
    rows = await db.fetch(TAKE_WAITING, limit)
    return [Waiting(row["id"], _entry(row["event"]), row["is_bulk"]) for row in rows]


async def mark_published(db: Connection, ids: Sequence[int]) -> None:
    """Note that the stream has these events."""
    await db.execute(MARK_PUBLISHED, ids)


async def prune_published(db: Connection | Pool, keep_hours: int) -> None:
    """Drop events that the stream has had for `keep_hours`."""
    await in_batches(db, PRUNE_PUBLISHED, keep_hours)


def _entry(event: Any) -> Entry:
    """Make fields that the stream takes, also of what no version of this code has written."""
    parts = event if isinstance(event, dict) and event else {"event": event}
    return {name: str(part) for name, part in parts.items()}
