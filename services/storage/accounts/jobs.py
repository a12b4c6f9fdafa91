"""What is done about deleted accounts again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.storage.accounts.erase import erase_due
from services.storage.accounts.follow import read_events
from shared.jobs import Job

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from services.storage.events.doorbell import Doorbell
    from shared.db import Pool
    from shared.jobs import Run

READ_SECONDS: Final = 5
ERASE_SECONDS: Final = 600
LAST: Final = "last"


def account_jobs(pool: Pool, redis: Redis, doorbell: Doorbell) -> list[Job]:
    """Follow the accounts, and erase the files of those whose time is over."""

    async def follow(run: Run) -> None:
        """Take what auth has told since the last run."""
        before = str(run.progress.get(LAST, ""))
        last = await read_events(pool, redis, before)
        if last != before:
            await run.report({LAST: last})

    async def erase(run: Run) -> None:
        """Erase what is due."""
        await erase_due(pool, doorbell)

    return [
        Job(name="accounts.follow", every=READ_SECONDS, function=follow),
        Job(name="accounts.erase", every=ERASE_SECONDS, function=erase),
    ]
