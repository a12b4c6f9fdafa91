"""Erasures: whose files are to go, and when; and who is switched off meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from shared.account_events import AccountEvent
    from shared.db import Connection, Pool

# Of two events the newer counts. Who was erased may have uploaded in the moment before.
NOTE_EVENT = """
INSERT INTO storage.erasures AS known (owner_id, version, erase_at, is_off)
VALUES ($1, $2, $3, $4)
ON CONFLICT (owner_id) DO UPDATE
SET version = EXCLUDED.version, erase_at = EXCLUDED.erase_at, is_off = EXCLUDED.is_off,
    erased_at = NULL
WHERE known.version < EXCLUDED.version
    OR (known.version = EXCLUDED.version AND known.erase_at > EXCLUDED.erase_at)
"""
LIST_DUE = """
SELECT erase_at, owner_id FROM storage.erasures
WHERE erase_at <= now() AND erased_at IS NULL AND (erase_at, owner_id) > ($1, $2)
ORDER BY erase_at, owner_id LIMIT $3
"""
# Locked until the files of this batch are marked: a restored account keeps what is left.
LOCK_DUE = """
SELECT owner_id FROM storage.erasures
WHERE owner_id = $1 AND erase_at <= now() AND erased_at IS NULL FOR UPDATE
"""
MARK_ERASED = "UPDATE storage.erasures SET erased_at = now() WHERE owner_id = $1"


async def note_event(db: Connection | Pool, event: AccountEvent) -> None:
    """Remember the state of an account, unless a newer one is known."""
    state = event.erase_at, event.is_off
    await db.execute(NOTE_EVENT, event.user_id, event.version, *state)


async def list_due(
    db: Connection | Pool, behind: tuple[datetime, UUID], limit: int
) -> list[tuple[datetime, UUID]]:
    """Since when files are to go, and of whom: the next of them."""
    rows = await db.fetch(LIST_DUE, *behind, limit)
    return [(row["erase_at"], row["owner_id"]) for row in rows]


async def lock_due(db: Connection, owner_id: UUID) -> bool:
    """Hold an erasure until the transaction ends; False when it was called off or is done."""
    return await db.fetchval(LOCK_DUE, owner_id) is not None


async def mark_erased(db: Connection, owner_id: UUID) -> None:
    """Note that nothing is left."""
    await db.execute(MARK_ERASED, owner_id)
