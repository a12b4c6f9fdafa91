"""Lines of the history that no request waits for, written a moment later and many at once.

A process that is killed takes the lines of its last 100 ms with it. While PostgreSQL is away they
wait; beyond MOST_LINES new ones are dropped, and counted.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Final

import structlog
from prometheus_client import Counter

from services.storage.history.actions import insert_lines, line_of
from shared.db_outage import DATABASE_ERRORS, is_database_away
from shared.ids import new_id
from shared.tasks import cancel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from services.storage.caller import Caller
    from services.storage.history.actions import Line, NewAction
    from shared.db import Pool

GATHER_SECONDS: Final = 0.1
RETRY_SECONDS: Final = 1.0
BATCH_LINES: Final = 500
MOST_LINES: Final = 10_000
DROPPED: Final = Counter("meridian_history_dropped", "Lines of the history that were not written")

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


class Journal:
    """The lines of one process on their way to PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._lines: deque[Line] = deque()
        self._noted = asyncio.Event()
        self._writing = asyncio.Lock()

    def note(self, caller: Caller, action: NewAction) -> None:
        """Keep what the caller did, to be written soon."""
        if len(self._lines) >= MOST_LINES:
            DROPPED.inc()
            return
        line = line_of(caller, action)
        self._lines.append({**line, "id": new_id(), "created_at": datetime.now(UTC)})
        self._noted.set()

    async def write_forever(self) -> None:
        """Write what is noted until cancelled; while PostgreSQL is away, try again."""
        while True:
            await self._noted.wait()
            await asyncio.sleep(GATHER_SECONDS)
            try:
                await self.flush()
            except Exception as error:
                if not is_database_away(error):
                    raise
                await asyncio.sleep(RETRY_SECONDS)

    async def flush(self) -> None:
        """Write all that is noted by now; what cannot be written for now is kept."""
        async with self._writing:
            self._noted.clear()
            try:
                while self._lines:
                    await self._write(list(islice(self._lines, BATCH_LINES)))
            finally:
                if self._lines:
                    self._noted.set()

    async def _write(self, lines: list[Line]) -> None:
        try:
            await insert_lines(self._pool, lines)
        except Exception as error:
            if is_database_away(error):
                raise
            await self._write_one_by_one(lines)
        for _ in lines:
            self._lines.popleft()

    async def _write_one_by_one(self, lines: list[Line]) -> None:
        """One line that PostgreSQL refuses must not take the others with it."""
        for line in lines:
            try:
                await insert_lines(self._pool, [line])
            except Exception as error:
                if is_database_away(error):
                    raise
                DROPPED.inc()
                log.exception("history.line_refused", action=line["event"])


@asynccontextmanager
async def running_journal(pool: Pool) -> AsyncIterator[Journal]:
    """Write what is noted, to the last line."""
    journal = Journal(pool)
    writing = asyncio.create_task(journal.write_forever())
    yield journal
    await cancel([writing])
    with suppress(*DATABASE_ERRORS):
        await journal.flush()
