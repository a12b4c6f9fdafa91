"""Checks the history from the first line that is kept to its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from services.storage.history.listing import COLUMNS
from shared.ledger import GENESIS, Link, follow_all

if TYPE_CHECKING:
    from uuid import UUID

    from asyncpg import Record

    from shared.db import Connection, Pool
    from shared.ledger import Chained, Verdict

BATCH: Final = 1000

KEPT_FROM: Final = "SELECT storage.actions_kept_from($1)"
FIND_END: Final = "SELECT number, hash FROM storage.action_chain"
FIND_START: Final = """
SELECT number, hash, action_id FROM storage.action_links ORDER BY number LIMIT 1
"""
READ_CHAIN: Final = f"""
SELECT number, hash, action_id, {COLUMNS}
FROM storage.action_links
LEFT JOIN storage.actions ON owner_id = action_owner_id AND id = action_id
WHERE number > $1 ORDER BY number LIMIT $2
"""
COUNT_WAITING: Final = "SELECT count(*) FROM storage.unchained_actions"
FIND_UNKNOWN: Final = """
SELECT id FROM storage.actions WHERE id >= $1
    AND NOT EXISTS (SELECT FROM storage.action_links AS link
        WHERE link.action_owner_id = actions.owner_id AND link.action_id = actions.id)
    AND NOT EXISTS (SELECT FROM storage.unchained_actions AS waiting
        WHERE waiting.owner_id = actions.owner_id AND waiting.action_id = actions.id)
ORDER BY id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with the chain, a line that it does not know, and how many wait for it."""

    verdict: Verdict
    unknown: UUID | None
    waiting: int


async def verify_chain(pool: Pool, kept_months: int, known: Link = GENESIS) -> Finding:
    """Check all lines that are kept (0: all there ever were), in one state of the database.

    A link of before, `known`, must still be one of theirs.
    """
    async with (
        pool.acquire() as db,
        db.transaction(isolation="repeatable_read", readonly=True),
    ):
        kept_from = await db.fetchval(KEPT_FROM, kept_months)
        end = await db.fetchrow(FIND_END)
        assert end is not None, "storage.action_chain has one row"

        async def read(after: int) -> list[Chained]:
            rows = await db.fetch(READ_CHAIN, after, BATCH)
            return [_split(row, kept_from) for row in rows]

        start = await _find_start(db, kept_from)
        verdict = await follow_all(read, start, Link(end["number"], end["hash"]), known)
        unknown = await db.fetchval(FIND_UNKNOWN, kept_from)
        return Finding(verdict, unknown, await db.fetchval(COUNT_WAITING))


async def _find_start(db: Connection, kept_from: UUID) -> Link:
    """Where the chain begins: at nothing, or at the last link of what was dropped by month."""
    first = await db.fetchrow(FIND_START)
    if first is None or first["number"] == 1 or first["action_id"] >= kept_from:
        return GENESIS
    return Link(first["number"], first["hash"])


def _split(row: Record, kept_from: UUID) -> Chained:
    """A line that is missing is wrong, unless its month was dropped."""
    content: dict[str, Any] = dict(row)
    link = Link(content.pop("number"), content.pop("hash"))
    action_id = content.pop("action_id")
    is_missing = content["id"] is None
    return link, (None if is_missing and action_id < kept_from else content)
