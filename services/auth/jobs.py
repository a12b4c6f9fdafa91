"""Old refresh tokens go: once in a while, a few at a time."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Final

import asyncpg
import structlog

from services.auth.sessions.refresh_tokens import delete_expired

if TYPE_CHECKING:
    from shared.db import Pool

SHORTEST_PAUSE: Final = 1800
LONGEST_PAUSE: Final = 5400
BATCH: Final = 1000

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


async def sweep_forever(db: Pool) -> None:
    """Sweep every hour or so; processes begin at different times."""
    while True:
        await asyncio.sleep(random.uniform(SHORTEST_PAUSE, LONGEST_PAUSE))  # noqa: S311
        try:
            await sweep(db)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("sweep failed", error=repr(error))


async def sweep(db: Pool) -> int:
    """Delete all expired refresh tokens; return how many."""
    total = 0
    while deleted := await delete_expired(db, BATCH):
        total += deleted
    return total
