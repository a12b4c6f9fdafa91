"""One trial: so many people for a while, what they saw, and what it took."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from loadtest.capacity.watch import LOCUST, Sample, Watch
from loadtest.report import read_report
from loadtest.run_locust import Plan, started_locust

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from loadtest.capacity.chief import Chief
    from loadtest.capacity.promises import Promises
    from loadtest.report import Report, Row
    from loadtest.stack import Stack

# They arrive in this time, and those who still wait to be let in do so in the next.
ARRIVAL_SECONDS: Final = 12.0
SETTLING_SECONDS: Final = 4.0
COUNT_FROM: Final = ARRIVAL_SECONDS + SETTLING_SECONDS
LOOK_SECONDS: Final = 2.0
FLAGS: Final = ("--live", "--library", "--count-from", str(COUNT_FROM))


@dataclass(frozen=True, slots=True)
class Setting:
    """What the trials of a search have in common; `think` in seconds from act to act."""

    stack: Stack
    accounts: str
    chief: Chief
    promises: Promises
    seconds: float
    think: float


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it; `samples` since everybody was there."""

    people: int
    report: Report
    samples: Sequence[Sample]
    broken: Sequence[str]

    @property
    def holds(self) -> bool:
        """Whether every promise was kept."""
        return not self.broken

    @property
    def whole(self) -> Row:
        """All operations together."""
        return self.report.rows[-1]

    @property
    def machine(self) -> float:
        """The share of all processors that was used."""
        return _mean(sample.machine for sample in self.samples)

    @property
    def backlog(self) -> int | None:
        """Copies that waited, at the worst moment; None when nobody could ever say."""
        known = [sample.backlog for sample in self.samples if sample.backlog is not None]
        return max(known, default=None)

    def cpu(self, name: str) -> float:
        """Processors that a process took; 1 is a whole core."""
        return _mean(sample.cpu[name] for sample in self.samples)

    def memory(self, name: str) -> int:
        """Bytes that a process held at most."""
        return max((sample.memory[name] for sample in self.samples), default=0)

    @property
    def names(self) -> Sequence[str]:
        """The processes, the busiest first."""
        known = self.samples[-1].cpu if self.samples else {LOCUST: 0.0}
        return sorted(known, key=lambda name: -self.cpu(name) if self.samples else 0)


def attempt(setting: Setting, people: int) -> Trial:
    """Let so many people be there, and look on."""
    plan = Plan(
        users=people,
        spawn_rate=max(1.0, people / ARRIVAL_SECONDS),
        seconds=COUNT_FROM + setting.seconds,
        think=setting.think,
        flags=FLAGS,
    )
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures.json"
        html = figures.with_suffix(".html")
        running = started_locust(setting.stack, plan, setting.accounts, figures, html)
        with running as process:
            samples = _look_on(setting, process)
        report = read_report(figures)
    return Trial(people, report, samples, setting.promises.broken_by(report))


def _look_on(setting: Setting, process: subprocess.Popen[bytes]) -> list[Sample]:
    watch = Watch(setting.stack, setting.chief, process.pid)
    samples: list[Sample] = []
    while True:
        try:
            process.wait(LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            samples.append(watch.look())
        else:
            return samples[int(COUNT_FROM / LOOK_SECONDS) :] or samples


def _mean(values: Iterator[float]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0
