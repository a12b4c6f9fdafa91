"""Processor time, memory and open files of process trees, from /proc."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

TICKS = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
# Of the fields behind the name in /proc/PID/stat: the parent, then user and system time,
# own and of children that have ended.
PARENT = 1
TIMES = slice(11, 15)


class Process(NamedTuple):
    """One process: its parent, and its processor time in seconds."""

    parent: int
    seconds: float


def need_proc() -> None:
    """Say why nothing can be measured here, before anything is started."""
    if sys.platform != "linux":
        raise click.ClickException("what processes take is read from /proc, which only Linux has")


def cpu_seconds(roots: Iterable[int]) -> float:
    """Processor time that these processes and all below them have used so far."""
    processes = _read_processes()
    return sum(processes[pid].seconds for pid in _tree(processes, roots))


def tree(root: int) -> set[int]:
    """A process and all below it."""
    return _tree(_read_processes(), (root,))


def resident_bytes(pids: Iterable[int]) -> int:
    """Memory that these processes hold; what they share counts for each of them."""
    return PAGE_BYTES * sum(_pages(pid)[0] for pid in pids)


def private_bytes(pids: Iterable[int]) -> int:
    """Memory that these processes hold beside what they share, such as PostgreSQL's buffers."""
    return PAGE_BYTES * sum(resident - shared for resident, shared in map(_pages, pids))


def open_files(pids: Iterable[int]) -> int:
    """Files, sockets and pipes that these processes have open."""
    return sum(map(_descriptors, pids))


def _pages(pid: int) -> tuple[int, int]:
    """Those in memory, and which of them are shared; none of a process that has ended."""
    try:
        _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return 0, 0
    return int(resident), int(shared)


def _descriptors(pid: int) -> int:
    try:
        return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _tree(processes: dict[int, Process], roots: Iterable[int]) -> set[int]:
    found = {pid for pid in roots if pid in processes}
    while True:
        more = {pid for pid, process in processes.items() if process.parent in found} - found
        if not more:
            return found
        found |= more


def _read_processes() -> dict[int, Process]:
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(") ")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            seconds = sum(map(int, fields[TIMES])) / TICKS
            found[int(folder.name)] = Process(int(fields[PARENT]), seconds)
    return found
