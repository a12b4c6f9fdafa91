"""The jobs of the relay process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.storage.downloads.tickets import prune_tickets
from services.storage.events.outbox import prune_published
from services.storage.history.jobs import history_jobs
from services.storage.relay.city_jobs import city_jobs
from services.storage.relay.file_jobs import file_jobs
from shared.first_answers import prune_answers
from shared.jobs import Job

if TYPE_CHECKING:
    from services.storage.events.doorbell import Doorbell
    from services.storage.settings import StorageSettings
    from shared.db import Pool
    from shared.jobs import Run

PUBLISHED_HOURS: Final = 24
HOUR_SECONDS: Final = 3600


def relay_jobs(
    pool: Pool, doorbell: Doorbell, settings: StorageSettings, report_key: str
) -> list[Job]:
    """What the relay does again and again; reports are signed with `report_key`."""

    async def prune_outbox(run: Run) -> None:
        """Drop events that the stream has had for a day."""
        await prune_published(pool, PUBLISHED_HOURS)

    async def prune_old_tickets(run: Run) -> None:
        """Drop download tickets that nobody used."""
        await prune_tickets(pool)

    async def prune_first_answers(run: Run) -> None:
        """Drop first answers that nobody may ask for any more."""
        await prune_answers(pool, "storage")

    return [
        *file_jobs(pool, doorbell, settings),
        *city_jobs(pool, report_key),
        *history_jobs(pool, settings.history_months),
        Job(name="outbox.prune", every=HOUR_SECONDS, function=prune_outbox),
        Job(name="tickets.prune", every=HOUR_SECONDS, function=prune_old_tickets),
        Job(name="answers.prune", every=HOUR_SECONDS, function=prune_first_answers),
    ]
