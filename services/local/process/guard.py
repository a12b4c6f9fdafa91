"""The guardian of a run: starts it, and lets processes join its group."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

GUARDIAN = Path(__file__).with_name("guardian.py")


@dataclass(frozen=True, slots=True)
class Guard:
    """What a child process needs to be under guard."""

    group: int
    life: int
    _control: int

    def interrupt_at_end(self, pid: int) -> None:
        """Have this process sent SIGINT instead of SIGTERM: PostgreSQL then waits for no client."""
        os.write(self._control, f"{pid}\n".encode())


@contextmanager
def start_guard(lock: int | None = None) -> Iterator[Guard]:
    """Run a guardian, which also holds the lock of the home; at the end no child is left."""
    control_read, control_write = os.pipe()
    life_read, life_write = os.pipe()
    shared = [control_read, life_read, *([] if lock is None else [lock])]
    guardian = subprocess.Popen(
        [sys.executable, "-I", "-S", str(GUARDIAN), str(control_read), str(life_read)],
        stdin=subprocess.DEVNULL,
        process_group=0,
        pass_fds=shared,
    )
    os.close(control_read)
    os.close(life_read)
    try:
        yield Guard(guardian.pid, life_write, control_write)
    finally:
        os.close(control_write)
        os.close(life_write)
        guardian.wait()
