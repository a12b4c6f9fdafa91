"""Checks the audit from its first line to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.auth.audit.entries import find_head, read_chain
from shared.ledger import GENESIS, follow_all

if TYPE_CHECKING:
    from shared.db import Pool
    from shared.ledger import Chained, Link, Verdict

BATCH: Final = 1000


async def verify_chain(db: Pool, known: Link = GENESIS) -> Verdict:
    """Check all entries, and that a link of before is still one of theirs.

    In one transaction that sees one state of the database.
    """
    async with (
        db.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):

        async def read(after: int) -> list[Chained]:
            return await read_chain(connection, after, BATCH)

        return await follow_all(read, GENESIS, await find_head(connection), known)
