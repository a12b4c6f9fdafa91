"""Jobs of the relay process that care for cities and what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.storage.cities.drain_reports import look_at_drains
from services.storage.cities.remove import forget_stragglers
from services.storage.policies.policies import prune_policies
from services.storage.servers.health_changes import prune_changes
from shared.catalog.refused_writes import forget_old
from shared.jobs import Job

if TYPE_CHECKING:
    from shared.db import Pool
    from shared.jobs import Run

DRAIN_SECONDS: Final = 2
FORGET_SECONDS: Final = 10
HOUR_SECONDS: Final = 3600


def city_jobs(pool: Pool, report_key: str) -> list[Job]:
    """What is done for cities again and again; reports are signed with `report_key`."""

    async def follow_drains(run: Run) -> None:
        """Note how far drains are, and end those that are done with a report."""
        await look_at_drains(pool, report_key)

    async def forget_removed(run: Run) -> None:
        """Forget copies and uploads that were still written down for servers that are gone."""
        await forget_stragglers(pool)

    async def forget_refusals(run: Run) -> None:
        """Drop old complaints about servers."""
        await forget_old(pool)

    async def prune_health(run: Run) -> None:
        """Drop old changes of how servers are doing, and what is too many of them."""
        await prune_changes(pool)

    async def prune_old_policies(run: Run) -> None:
        """Drop policies of what was deleted for ever."""
        await prune_policies(pool)

    return [
        Job(name="drains.end", every=DRAIN_SECONDS, function=follow_drains),
        Job(name="servers.forget", every=FORGET_SECONDS, function=forget_removed),
        Job(name="refusals.prune", every=HOUR_SECONDS, function=forget_refusals),
        Job(name="health.prune", every=HOUR_SECONDS, function=prune_health),
        Job(name="policies.prune", every=HOUR_SECONDS, function=prune_old_policies),
    ]
