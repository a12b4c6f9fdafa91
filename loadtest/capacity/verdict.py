"""The verdict on one page: how many people, and what the first limit is."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from loadtest.capacity.watch import LOCUST

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from loadtest.capacity.promises import Promises
    from loadtest.capacity.trial import Trial

# Of those who come in a day, one in ten is there in the busiest minutes.
DAILY_PER_ONLINE: Final = 10
BUSY_LOCUST: Final = 0.85
BUSY_MACHINE: Final = 0.93
REPORTS: Final = "capacity-*.json"


@dataclass(frozen=True, slots=True)
class Conditions:
    """How it was run: `think` in seconds from act to act, the server that was `lost`."""

    promises: Promises
    think: float
    lost: str | None
    revision: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`most`: how many people each search found."""

    most: Sequence[int]
    trials: Sequence[Trial]
    conditions: Conditions

    @property
    def people(self) -> int:
        """What can be counted on: the least that a search found."""
        return min(self.most)

    @property
    def spread(self) -> float:
        """By how much the searches differ, as a share of the greatest."""
        return 1 - min(self.most) / max(self.most) if max(self.most) else 0.0

    @property
    def first_broken(self) -> Trial | None:
        """The smallest trial that was too much."""
        broken = [trial for trial in self.trials if not trial.holds]
        return min(broken, key=lambda trial: trial.people, default=None)

    def words(self) -> list[str]:
        """The verdict in sentences, the most important first."""
        first = self.first_broken
        bound = self.conditions.promises.p95_ms
        held = (
            f"This machine holds {self.people:,} people online (about "
            f"{DAILY_PER_ONLINE * self.people:,} a day) at p95 ≤ {bound:.0f} ms"
        )
        lost = self.conditions.lost
        without = f", while {lost} is lost" if lost else ""
        limit = (
            "No limit was found: more people were not asked for."
            if first is None
            else f"The first limit, at {first.people:,} people: {first.broken[0]}."
        )
        return [f"{held}{without}.", limit, *self._busy(first), *self._between()]

    def as_json(self) -> dict[str, Any]:
        """All of it, for the next run to compare with."""
        return {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "revision": self.conditions.revision,
            "machine": {"cores": os.cpu_count(), "system": platform.platform(terse=True)},
            "people": self.people,
            "searches": list(self.most),
            "think_seconds": self.conditions.think,
            "lost": self.conditions.lost,
            "words": self.words(),
            "trials": [_show(trial) for trial in self.trials],
        }

    def _busy(self, first: Trial | None) -> list[str]:
        if first is None:
            return []
        name = next(name for name in first.names if name != LOCUST)
        said = [f"The busiest process was then {name}, with {first.cpu(name):.2f} cores."]
        if first.cpu(LOCUST) > BUSY_LOCUST:
            said.append("Locust itself was the limit: its core was full. Give it one of its own.")
        elif first.machine > BUSY_MACHINE:
            share = first.cpu(LOCUST)
            said.append(f"The machine was full, {share:.2f} cores of it with playing the people.")
        return said

    def _between(self) -> list[str]:
        if len(self.most) < 2:
            return []
        found = " and ".join(f"{people:,}" for people in self.most)
        return [f"The searches found {found}: {self.spread:.0%} apart."]


def last_people(folder: Path, lost: str | None) -> int | None:
    """What the last run of the same kind found; None when there was none."""
    for path in sorted(folder.glob(REPORTS), reverse=True):
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["lost"] == lost:
            return int(content["people"])
    return None


def _show(trial: Trial) -> dict[str, Any]:
    return {
        "people": trial.people,
        "holds": trial.holds,
        "broken": list(trial.broken),
        "per_second": trial.whole.per_second,
        "machine": trial.machine,
        "backlog": trial.backlog,
        "cpu": {name: trial.cpu(name) for name in trial.names},
        "memory": {name: trial.memory(name) for name in trial.names},
        "operations": {row.name: list(row.percentiles) for row in trial.report.rows},
    }
