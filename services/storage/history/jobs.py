"""Jobs of the relay process that care for the history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.storage.history.chain import chain_waiting
from services.storage.history.months import keep_months
from shared.jobs import Job

if TYPE_CHECKING:
    from shared.db import Pool
    from shared.jobs import Run

CHAIN_SECONDS: Final = 2
HOUR_SECONDS: Final = 3600


def history_jobs(pool: Pool, months: int) -> list[Job]:
    """What is done for the history again and again; so many months of it are kept, 0: all."""

    async def chain_history(run: Run) -> None:
        """Add what is new in the history to its chain of hashes."""
        await chain_waiting(pool)

    async def keep_history(run: Run) -> None:
        """Make the next months of the history, drop old ones."""
        await keep_months(pool, months)

    return [
        Job(name="history.chain", every=CHAIN_SECONDS, function=chain_history),
        Job(name="history.months", every=6 * HOUR_SECONDS, function=keep_history),
    ]
