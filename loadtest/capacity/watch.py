"""What every process takes while people are there, and how many copies wait."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.error import URLError

from loadtest.processes import cpu_seconds, open_files, private_bytes, tree
from loadtest.stack import RUN_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from loadtest.capacity.chief import Chief
    from loadtest.stack import Stack

LOCUST: Final = "locust"
STACK: Final = "stack"
# Of the first line of /proc/stat: what is idle, and what waits for the disk.
IDLE: Final = slice(4, 6)
TICKS: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Sample:
    """A moment: processors used since the one before (1 is a whole core), bytes of own memory.

    `processes`: how many each of them is, which for PostgreSQL tells how many connections it has.
    `pids`: which each of them is now; 0 when it is away. `backlog`: None when nobody could say.
    """

    cpu: Mapping[str, float]
    memory: Mapping[str, int]
    files: Mapping[str, int]
    processes: Mapping[str, int]
    machine: float
    backlog: int | None
    pids: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Counts:
    """What only ever grows, in seconds, and of which processes."""

    pids: Mapping[str, int]
    moment: float
    cpu: Mapping[str, float]
    idle: float


class Watch:
    """Looks at the processes of a stack, and at the one that plays the people."""

    def __init__(self, stack: Stack, chief: Chief, locust_pid: int) -> None:
        self._stack = stack
        self._chief = chief
        self._locust_pid = locust_pid
        self._before = self._now()

    def look(self) -> Sample:
        """What was used since the last look."""
        before, now = self._before, self._now()
        self._before = now
        passed = now.moment - before.moment
        cores = os.cpu_count() or 1
        trees = {name: tree(pid) for name, pid in now.pids.items()}
        return Sample(
            cpu={name: _used(name, before, now) / passed for name in now.cpu},
            memory={name: private_bytes(pids) for name, pids in trees.items()},
            files={name: open_files(pids) for name, pids in trees.items()},
            processes={name: len(pids) for name, pids in trees.items()},
            machine=max(0.0, 1 - (now.idle - before.idle) / passed / cores),
            backlog=self._backlog(),
            pids=now.pids,
        )

    def _now(self) -> _Counts:
        pids = self._pids()
        cpu = {name: cpu_seconds((pid,)) for name, pid in pids.items()}
        return _Counts(pids, time.perf_counter(), cpu, _idle_seconds())

    def _pids(self) -> dict[str, int]:
        """Those that had a name at the start, as they are now: one that died is another."""
        try:
            text = (self._stack.home / RUN_FILE).read_text(encoding="utf-8")
        except FileNotFoundError:
            text = '{"pids": {}}'
        named = json.loads(text)["pids"]
        known = (name for name in self._stack.run["pids"] if name != STACK)
        return {**{name: _if_there(named.get(name, 0)) for name in known}, LOCUST: self._locust_pid}

    def _backlog(self) -> int | None:
        """Copies that are to come; None when nobody can say."""
        try:
            items = self._chief.ask("/admin/replication")["items"]
        except (URLError, TimeoutError):
            return None
        return sum(int(item["backlog"]) for item in items)


def _used(name: str, before: _Counts, now: _Counts) -> float:
    """Seconds, but for those of a process that ended meanwhile."""
    is_same = before.pids[name] == now.pids[name]
    return now.cpu[name] - before.cpu[name] if is_same else now.cpu[name]


def _if_there(pid: int) -> int:
    return pid if Path(f"/proc/{pid}").exists() else 0


def _idle_seconds() -> float:
    fields = Path("/proc/stat").read_text(encoding="utf-8").split(maxsplit=6)
    return sum(map(int, fields[IDLE])) / TICKS
