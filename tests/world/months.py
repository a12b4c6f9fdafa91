"""Months of a history that are made and dropped while people read it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import asyncpg
import pytest

if TYPE_CHECKING:
    from shared.db import Pool

NAME_OF = """
SELECT to_char(date_trunc('month', now() AT TIME ZONE 'UTC')
    + make_interval(months => $1), 'YYYY_MM')
"""
COUNT_WAITING = """
SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE NOT granted AND datname = current_database()
"""


async def give_way(db: Pool, table: str, keep: str, ahead: int) -> None:
    """Somebody waits for the rest of a table before the months wait for them: they get it.

    There is a month to be dropped, and the last two of those `ahead` are still to be made.
    """
    last = f"{table}_{await db.fetchval(NAME_OF, ahead)}"
    async with db.acquire() as other, db.acquire() as reader, reader.transaction():
        await reader.execute(f"LOCK TABLE ONLY {table} IN ACCESS SHARE MODE")
        making = other.transaction()
        await making.start()
        await other.execute(f"CREATE TABLE {last} ()")
        keeping = asyncio.create_task(db.execute(f"SELECT {keep}({ahead}, 12)"))
        await until_waiting(db, 1, keeping)
        reading = asyncio.create_task(reader.fetchval(f"SELECT count(*) FROM {table}_other"))
        await until_waiting(db, 2, keeping)
        await making.rollback()
        assert await reading == 0
    with pytest.raises(asyncpg.LockNotAvailableError):
        await keeping


async def until_waiting(db: Pool, count: int, keeping: asyncio.Task[str]) -> None:
    """Wait until so many wait for a lock, or the months gave up meanwhile."""
    async with asyncio.timeout(20):
        while not keeping.done() and await db.fetchval(COUNT_WAITING) < count:
            await asyncio.sleep(0.01)
