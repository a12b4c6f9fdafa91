"""PostgreSQL directly, or through a pooler such as PgBouncer.

A pooler in transaction mode gives every transaction whatever session is free, and so a statement
that was prepared in one is not there in the next.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import asyncpg
import structlog

from shared.db import connect
from shared.db_outage import DATABASE_ERRORS

if TYPE_CHECKING:
    from shared.db import Pool
    from shared.env import SharedSettings

SESSION: Final = "session"
TRANSACTION: Final = "transaction"
PREPARED: Final = 100  # statements that a connection remembers
LOOK_SECONDS: Final = 3
MIXED: Final = (asyncpg.InvalidSQLStatementNameError, asyncpg.DuplicatePreparedStatementError)
HINT: Final = (
    "PostgreSQL is behind a pooler that mixes sessions: set MERIDIAN_DATABASE_POOLING=transaction"
)

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


class PoolerError(Exception):
    """The setting does not fit what stands before PostgreSQL."""


async def open_database(shared: SharedSettings, *, max_size: int, name: str) -> Pool:
    """Open the pool of a process, of two at least; PoolerError when its statements would get lost.

    While PostgreSQL is away nobody can tell, and the process starts.
    """
    if shared.database_pooling == TRANSACTION:
        return await connect(shared.database_url, max_size=max_size, name=name, prepared=0)
    pool = await connect(shared.database_url, max_size=max_size, name=name, prepared=PREPARED)
    try:
        with suppress(*DATABASE_ERRORS):
            await _prepare_in_two_sessions(pool)
    except PoolerError as error:
        pool.terminate()
        log.error("database.pooler", problem=str(error))
        raise
    return pool


async def _prepare_in_two_sessions(pool: Pool) -> None:
    """Take two connections, which stay in the pool for the first requests."""
    try:
        async with (
            asyncio.timeout(LOOK_SECONDS),
            pool.acquire() as first,
            pool.acquire() as second,
        ):
            await first.fetchval("SELECT 1")
            # A pooler gives the session of the first one to the transaction of the second one.
            async with second.transaction():
                await first.fetchval("SELECT 1")
    except MIXED as error:
        raise PoolerError(HINT) from error
