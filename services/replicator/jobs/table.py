"""The jobs of the replicator."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from services.replicator.jobs.inventory import take_inventory
from services.replicator.jobs.moved import reconcile_moved
from services.replicator.jobs.orphans import sweep_orphans
from services.replicator.jobs.reconcile import reconcile
from services.replicator.jobs.scrub import scrub
from shared.catalog.jobs import PLACEMENT_JOB
from shared.jobs import Job

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.replicator.stream import Stream
    from services.replicator.workshop import Workshop
    from shared.jobs import Run

MINUTE_SECONDS: Final = 60
DAY_SECONDS: Final = 86_400
FIRST_SWEEP_SECONDS: Final = 600
# Live pages that were away for a moment still find their news.
KEEP_SECONDS: Final = 600.0


def replicator_jobs(shop: Workshop, streams: Sequence[Stream]) -> list[Job]:
    """What replicators do again and again, one of them at a time."""

    async def trim_streams(run: Run) -> None:
        """Drop what every group is done with, and consumers that are gone."""
        for stream in streams:
            await stream.trim(KEEP_SECONDS)
            await stream.forget_consumers()

    return [
        Job(name="stream.trim", every=MINUTE_SECONDS, function=trim_streams),
        Job(
            name=PLACEMENT_JOB,
            every=shop.settings.sweep_seconds,
            function=partial(reconcile, shop),
        ),
        Job(
            name="placement.moved",
            every=shop.settings.sweep_seconds,
            function=partial(reconcile_moved, shop),
        ),
        Job(
            name="sweep.inventory",
            every=DAY_SECONDS,
            function=partial(take_inventory, shop),
            delay=FIRST_SWEEP_SECONDS,
        ),
        Job(
            name="sweep.orphans",
            every=DAY_SECONDS,
            function=partial(sweep_orphans, shop),
            delay=FIRST_SWEEP_SECONDS,
        ),
        Job(
            name="sweep.scrub",
            every=FIRST_SWEEP_SECONDS,
            function=partial(scrub, shop),
            delay=FIRST_SWEEP_SECONDS,
        ),
    ]
