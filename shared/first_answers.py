"""First answers to creating requests: none is kept for longer than it may be asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.batches import in_batches

if TYPE_CHECKING:
    from shared.db import Pool

DELETE_OLD: Final = """
DELETE FROM {schema}.idempotency_keys WHERE (owner_id, operation, key) IN (
    SELECT owner_id, operation, key FROM {schema}.idempotency_keys
    WHERE created_at < now() - interval '24 hours' LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING 1
"""


async def prune_answers(db: Pool, schema: str) -> None:
    """Delete the answers of a service that are older than a day, a few at a time."""
    await in_batches(db, DELETE_OLD.format(schema=schema))
