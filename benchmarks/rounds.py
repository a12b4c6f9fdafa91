"""Several rounds of the same measurements, so that one disturbance decides nothing."""

from __future__ import annotations

from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.figures import Figure, Limit


def middle(numbers: Iterable[float | None]) -> float | None:
    """The median of what was measured; None when nothing was."""
    measured = [one for one in numbers if one is not None]
    return median(measured) if measured else None


def medians(rounds: Sequence[Sequence[Figure]]) -> list[Figure]:
    """Each row of the first round, with the medians of all rounds."""
    return [
        _median([row for rows in rounds for row in rows if row.name == first.name])
        for first in rounds[0]
    ]


def _median(rows: Sequence[Figure]) -> Figure:
    limits = [row.limit for row in rows if row.limit is not None]
    return replace(
        rows[0],
        value=median(row.value for row in rows),
        limit=_median_limit(limits) if limits else None,
        p50=middle(row.p50 for row in rows),
        p99=middle(row.p99 for row in rows),
        cpu_ms=middle(row.cpu_ms for row in rows),
    )


def _median_limit(limits: Sequence[Limit]) -> Limit:
    return replace(limits[0], value=median(limit.value for limit in limits))
