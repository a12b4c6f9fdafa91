"""Jobs of the relay process that care for files and folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.storage.files.resort import sort_anew
from services.storage.folders.erase import erase_folders
from services.storage.trash.empty import purge_trash
from shared.jobs import Job

if TYPE_CHECKING:
    from services.storage.events.doorbell import Doorbell
    from shared.db import Pool
    from shared.jobs import Run

HOUR_SECONDS: Final = 3600
ERASE_SECONDS: Final = 2


def file_jobs(pool: Pool, doorbell: Doorbell, trash_days: int) -> list[Job]:
    """What is done for files and folders again and again."""

    async def sort_names(run: Run) -> None:
        """Write what names are sorted by, after an update brought other rules."""
        await sort_anew(pool)

    async def erase_deleted(run: Run) -> None:
        """Erase what is in folders that were deleted for ever."""
        await erase_folders(pool, doorbell)

    async def purge_old_trash(run: Run) -> None:
        """Delete what has been in the trash for long enough."""
        await purge_trash(pool, doorbell, trash_days)

    return [
        Job(name="trash.purge", every=HOUR_SECONDS, function=purge_old_trash),
        Job(name="names.sort", every=HOUR_SECONDS, function=sort_names),
        Job(name="folders.erase", every=ERASE_SECONDS, function=erase_deleted),
    ]
