"""What grew while people were there: memory, open files and connections, early against late."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import quantiles
from typing import TYPE_CHECKING, Final

from loadtest.capacity.watch import LOCUST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from loadtest.capacity.watch import Sample

MIB: Final = 1_048_576
# The first fifth fills caches; the rest is halved. Pools keep for minutes what a crowd needed for a
# moment, so the level is compared that was passed for a tenth of the time only.
PARTS: Final = 5
TENTHS: Final = 10
# What may come and go by itself, beside a twentieth: some MiB, a connection or two, and the files
# of pools that fill late, as that of the relay does after a quarter of an hour.
SHARE: Final = 1.05
MEMORY: Final = "MiB"
FILES: Final = "open files"
SPARE: Final = {MEMORY: 8.0, FILES: 32.0, "processes": 2.0}


@dataclass(frozen=True, slots=True)
class Growth:
    """One process, and the level it passed for only a tenth of the half, `early` and `late`."""

    process: str
    unit: str
    early: float
    late: float

    @property
    def is_flat(self) -> bool:
        """Whether it stayed, but for what comes and goes by itself."""
        return self.late <= self.early * SHARE + SPARE[self.unit]


def measure_growth(samples: Sequence[Sample]) -> list[Growth]:
    """Of every process but the one that plays the people; the samples are evenly spaced."""
    warm = samples[len(samples) // PARTS :]
    middle = len(warm) // 2
    halves = warm[:middle] or warm, warm[middle:]
    return [
        Growth(name, unit, *(_level([_held(one, unit)[name] for one in half]) for half in halves))
        for name in samples[-1].cpu
        if name != LOCUST
        for unit in SPARE
    ]


def restarted(samples: Sequence[Sample]) -> list[str]:
    """Processes that were not the same, or not there, all the time: they held nothing for long."""
    seen = {name: {sample.pids[name] for sample in samples} for name in samples[0].pids}
    return [name for name, pids in seen.items() if len(pids) > 1 or 0 in pids]


def _level(held: Sequence[float]) -> float:
    return quantiles(held, n=TENTHS, method="inclusive")[-1] if len(held) > 1 else held[0]


def _held(sample: Sample, unit: str) -> Mapping[str, float]:
    if unit == MEMORY:
        return {name: size / MIB for name, size in sample.memory.items()}
    return sample.files if unit == FILES else sample.processes
