"""Jobs of the relay process that care for files and folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.storage.files.resort import sort_anew
from shared.jobs import Job

if TYPE_CHECKING:
    from shared.db import Pool
    from shared.jobs import Run

HOUR_SECONDS: Final = 3600


def file_jobs(pool: Pool) -> list[Job]:
    """What is done for files and folders again and again."""

    async def sort_names(run: Run) -> None:
        """Write what names are sorted by, after an update brought other rules."""
        await sort_anew(pool)

    return [Job(name="names.sort", every=HOUR_SECONDS, function=sort_names)]
