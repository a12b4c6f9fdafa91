"""Events of accounts on their way to the stream, committed with the change they tell of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from shared.account_events import encode
from shared.batches import in_batches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.account_events import AccountEvent
    from shared.db import Connection, Pool

Waiting: TypeAlias = tuple[int, dict[str, str]]

INSERT_EVENT: Final = "INSERT INTO auth.outbox (event) VALUES ($1)"
# Not `id > last seen`: ids become visible out of order, and that rule loses events.
TAKE_WAITING: Final = """
SELECT id, event FROM auth.outbox WHERE published_at IS NULL
ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
"""
MARK_PUBLISHED: Final = "UPDATE auth.outbox SET published_at = now() WHERE id = ANY ($1::bigint[])"
PRUNE_PUBLISHED: Final = """
DELETE FROM auth.outbox WHERE id IN (
    SELECT id FROM auth.outbox WHERE published_at < now() - interval '1 day' LIMIT $1)
RETURNING id
"""


async def insert_event(db: Connection, event: AccountEvent) -> None:
    """Add an event inside the transaction of the change."""
    await db.execute(INSERT_EVENT, encode(event))


async def take_waiting(db: Connection, limit: int) -> list[Waiting]:
    """Lock and return events that the stream does not have yet."""
    return [(row["id"], row["event"]) for row in await db.fetch(TAKE_WAITING, limit)]


async def mark_published(db: Connection, ids: Sequence[int]) -> None:
    """Note that the stream has these events."""
    await db.execute(MARK_PUBLISHED, ids)


async def prune_published(db: Connection | Pool) -> None:
    """Drop events that the stream has had for a day."""
    await in_batches(db, PRUNE_PUBLISHED)
