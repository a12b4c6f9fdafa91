"""Processes of this machine, seen from outside."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

END_SECONDS = 6


def alive(pid: int) -> bool:
    """Tell whether a process is there and has not ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def wait_for_the_end(pids: Iterable[int]) -> list[int]:
    """Wait until processes are gone; return those that are not."""
    deadline = time.monotonic() + END_SECONDS
    left = list(pids)
    while left and time.monotonic() < deadline:
        left = [pid for pid in left if alive(pid)]
        time.sleep(0.02)
    return left


def descendants(pid: int) -> list[int]:
    """Name all processes below one."""
    below = {int(entry.name): parent(entry) for entry in Path("/proc").glob("[0-9]*")}
    children = [child for child, of in below.items() if of == pid]
    return [*children, *(deeper for child in children for deeper in descendants(child))]


def parent(entry: Path) -> int:
    """The process that started one, by its folder below /proc; 0 when it is gone."""
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0
