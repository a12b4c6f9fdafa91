"""What every process takes while people are there, and how many copies wait."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.error import URLError
from urllib.request import Request, urlopen

from loadtest.processes import cpu_seconds, open_files, private_bytes, tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from loadtest.stack import Stack

LOCUST: Final = "locust"
STACK: Final = "stack"
TIMEOUT_SECONDS: Final = 5
# Of the first line of /proc/stat: what is idle, and what waits for the disk.
IDLE: Final = slice(4, 6)
TICKS: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Sample:
    """A moment: processors used since the one before (1 is a whole core), bytes of own memory.

    `processes`: how many each of them is, which for PostgreSQL tells how many connections it has.
    """

    cpu: Mapping[str, float]
    memory: Mapping[str, int]
    files: Mapping[str, int]
    processes: Mapping[str, int]
    machine: float
    backlog: int


@dataclass(frozen=True, slots=True)
class _Counts:
    """What only ever grows, in seconds."""

    moment: float
    cpu: Mapping[str, float]
    idle: float


class Watch:
    """Looks at the processes of a stack, and at the one that plays the people."""

    def __init__(self, stack: Stack, token: str, locust_pid: int) -> None:
        self._stack = stack
        self._token = token
        named = stack.run["pids"].items()
        self._pids = {name: pid for name, pid in named if name != STACK}
        self._pids[LOCUST] = locust_pid
        self._before = self._now()

    def look(self) -> Sample:
        """What was used since the last look."""
        before, now = self._before, self._now()
        self._before = now
        passed = now.moment - before.moment
        cores = os.cpu_count() or 1
        trees = {name: tree(pid) for name, pid in self._pids.items()}
        return Sample(
            cpu={name: (now.cpu[name] - before.cpu[name]) / passed for name in now.cpu},
            memory={name: private_bytes(pids) for name, pids in trees.items()},
            files={name: open_files(pids) for name, pids in trees.items()},
            processes={name: len(pids) for name, pids in trees.items()},
            machine=max(0.0, 1 - (now.idle - before.idle) / passed / cores),
            backlog=self._backlog(),
        )

    def _now(self) -> _Counts:
        cpu = {name: cpu_seconds((pid,)) for name, pid in self._pids.items()}
        return _Counts(time.perf_counter(), cpu, _idle_seconds())

    def _backlog(self) -> int:
        """Copies that are to come; 0 when nobody can say."""
        url = f"{self._stack.storage}/admin/replication"
        request = Request(url, headers={"Authorization": f"Bearer {self._token}"})  # noqa: S310
        try:
            with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 on loopback
                items = json.load(answer)["items"]
        except (URLError, TimeoutError):
            return 0
        return sum(item["backlog"] for item in items)


def _idle_seconds() -> float:
    fields = Path("/proc/stat").read_text(encoding="utf-8").split(maxsplit=6)
    return sum(map(int, fields[IDLE])) / TICKS
