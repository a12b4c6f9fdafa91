"""The jobs of the replicator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.jobs import Job

if TYPE_CHECKING:
    from services.replicator.stream import Stream
    from shared.jobs import Run

MINUTE_SECONDS: Final = 60
# Live pages that were away for a moment still find their news.
KEEP_SECONDS: Final = 600.0


def replicator_jobs(stream: Stream) -> list[Job]:
    """What replicators do again and again, one of them at a time."""

    async def trim_stream(run: Run) -> None:
        """Drop what every group is done with, and consumers that are gone."""
        await stream.trim(KEEP_SECONDS)
        await stream.forget_consumers()

    return [Job(name="stream.trim", every=MINUTE_SECONDS, function=trim_stream)]
