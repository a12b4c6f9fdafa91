"""Statements that change however much there is, a bounded number of rows at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from shared.db import Connection, Pool

BATCH: Final = 1000


async def in_batches(db: Connection | Pool, statement: str, *arguments: Any) -> None:
    """Carry it out until it returns less rows than it may change: its last argument."""
    done = BATCH
    while done == BATCH:
        done = len(await db.fetch(statement, *arguments, BATCH))
