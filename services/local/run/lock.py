"""One run a home: a file lock that ends with the run, whatever ends it."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from services.local.run.home import PRIVATE_FILE, Home, LocalError
from services.local.run.run_file import is_alive
from services.local.run.swap import put_back

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCK_FILE = "lock"
CLEAN_UP_SECONDS = 6.0
POLL_SECONDS = 0.05
PID_BYTES = 20


class AlreadyRunningError(LocalError):
    """Another run holds this home."""


@contextmanager
def hold_lock(home: Home) -> Iterator[int]:
    """Hold the lock of a home and yield its descriptor; AlreadyRunningError when it is taken.

    What a restore that was killed has left half done is undone then.
    The guardian of a run holds it too, so after a `kill -9` it frees up once all is cleaned up.
    """
    descriptor = os.open(home.folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    try:
        _acquire(descriptor, home)
        home.run_file.unlink(missing_ok=True)
        put_back(home)
        yield descriptor
    finally:
        os.close(descriptor)


def pid_of_stack(home: Home) -> int:
    """The process that runs a stack from a home; 0 when none does.

    A kill leaves run.json behind, and others get the numbers in it; but who runs holds the lock.
    """
    if not home.run_file.exists():
        return 0
    try:
        with hold_lock(home):
            return 0
    except AlreadyRunningError:
        pids: Any = home.read_passing(home.run_file.name).get("pids", {})
        return int(pids.get("stack", 0))


def _acquire(descriptor: int, home: Home) -> None:
    """Take the lock and write our process number into it."""
    deadline = time.monotonic() + CLEAN_UP_SECONDS
    while not _try_lock(descriptor):
        owner = int(os.pread(descriptor, PID_BYTES, 0) or b"0")
        if (owner and is_alive(owner)) or time.monotonic() > deadline:
            raise AlreadyRunningError(_describe(home, owner))
        time.sleep(POLL_SECONDS)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _describe(home: Home, owner: int) -> str:
    address = home.read_passing(home.run_file.name).get("address")
    where = f"at {address}" if address else "and is still starting"
    return f"Meridian runs already from {home.folder}: process {owner} {where}"
