"""Jobs of the relay process that care for files and folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.storage.files.resort import sort_anew
from services.storage.folders.erase import erase_folders
from services.storage.trash.empty import purge_trash
from services.storage.versions.retire import Retention, retire_versions
from shared.jobs import Job

if TYPE_CHECKING:
    from services.storage.events.doorbell import Doorbell
    from services.storage.settings import StorageSettings
    from shared.db import Pool
    from shared.jobs import Run

HOUR_SECONDS: Final = 3600
ERASE_SECONDS: Final = 2


def file_jobs(pool: Pool, doorbell: Doorbell, settings: StorageSettings) -> list[Job]:
    """What is done for files and folders again and again."""

    async def sort_names(run: Run) -> None:
        """Write what names are sorted by, after an update brought other rules."""
        await sort_anew(pool)

    async def erase_deleted(run: Run) -> None:
        """Erase what is in folders that were deleted for ever."""
        await erase_folders(pool, doorbell)

    async def purge_old_trash(run: Run) -> None:
        """Delete what has been in the trash for long enough."""
        await purge_trash(pool, doorbell, settings.trash_days)

    async def retire_old_versions(run: Run) -> None:
        """Delete versions beyond the number, or the days, that old ones are kept."""
        kept = Retention(settings.versions_kept, settings.version_days)
        await retire_versions(pool, doorbell, kept)

    return [
        Job(name="trash.purge", every=HOUR_SECONDS, function=purge_old_trash),
        Job(name="versions.retire", every=HOUR_SECONDS, function=retire_old_versions),
        Job(name="names.sort", every=HOUR_SECONDS, function=sort_names),
        Job(name="folders.erase", every=ERASE_SECONDS, function=erase_deleted),
    ]
