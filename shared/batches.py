"""Statements that change however much there is, a bounded number of rows at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from shared.db import Connection, Pool

BATCH: Final = 1000


async def in_batches(
    db: Connection | Pool, statement: str, *arguments: Any, most: int | None = None
) -> None:
    """Carry it out until it returns fewer rows than it may change: `most`, its last argument."""
    done = most = most or BATCH
    while done == most:
        done = len(await db.fetch(statement, *arguments, most))
