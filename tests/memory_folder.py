"""A folder in memory for servers: a database a test is some thousand new files each."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMORY: Final = Path("/dev/shm")
NEEDED_BYTES: Final = 2 * 1024**3
PREFIX: Final = "meridian-tests-"


@contextmanager
def memory_folder(otherwise: Path) -> Iterator[Path]:
    """Make a folder in memory, gone at the end; `otherwise` where there is little or none."""
    if not _has_room():
        yield otherwise
        return
    _remove_leftovers()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=MEMORY))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _has_room() -> bool:
    if not os.access(MEMORY, os.W_OK):
        return False
    free = shutil.disk_usage(MEMORY).free
    pages = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min(free, pages) > NEEDED_BYTES


def _remove_leftovers() -> None:
    """Remove the folders of test runs that were killed."""
    for left in MEMORY.glob(f"{PREFIX}*"):
        pid = left.name.removeprefix(PREFIX).partition("-")[0]
        if not Path("/proc", pid).exists():
            shutil.rmtree(left, ignore_errors=True)
