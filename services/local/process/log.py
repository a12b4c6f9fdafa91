"""The log of a process: opened for it, and cut while it writes."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

from services.local.run.home import PRIVATE_FILE, PRIVATE_FOLDER

if TYPE_CHECKING:
    from pathlib import Path

LOG_BYTES = 10_000_000


def open_log(log: Path) -> int:
    """Open a log for somebody who adds to it, wherever it ends then."""
    # Somebody may have thrown the folder away.
    log.parent.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    cut(log)
    return os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE_FILE)


def cut(log: Path) -> None:
    """Begin a log anew that grew too large; the end of what it said goes into a second file."""
    with suppress(OSError), log.open("rb+") as stream:
        size = stream.seek(0, os.SEEK_END)
        if size > LOG_BYTES:
            stream.seek(size - LOG_BYTES)
            _keep(stream, log.with_suffix(".log.1"))
            stream.truncate(0)


def _keep(stream: BinaryIO, target: Path) -> None:
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as kept:
        shutil.copyfileobj(stream, kept)
