"""Why a process of the local stack did not start, in words for the person at the terminal."""

from __future__ import annotations

import signal
from contextlib import suppress
from typing import TYPE_CHECKING

from services.local.run.home import LocalError

if TYPE_CHECKING:
    from pathlib import Path

SHOWN_LINES = 12
READ_BYTES = 20_000
REASONS = (
    ("no space left on device", "the disk is full"),
    ("check free disk space", "the disk is full"),
    ("disk quota exceeded", "the disk is full"),
    ("address already in use", "another program listens on its port"),
    ("permission denied", "a file may not be read, written or run by this user"),
    ("operation not permitted", "this user is not allowed to do that"),
    ("read-only file system", "the disk cannot be written to"),
    ("cannot allocate memory", "there is not enough memory"),
    ("too many open files", "the limit of open files is too low (ulimit -n)"),
    ("exec format error", "the program is built for another kind of machine"),
)


class ChildError(LocalError):
    """A process of the stack could not do its work; the message shows what it said last."""


def failure(name: str, what: str, said: str) -> ChildError:
    """Tell what became of a process, the likely reason, and its last lines."""
    reasons = [f": {reason}" for phrase, reason in REASONS if phrase in said.lower()]
    head = "".join((f"{name} {what}", *reasons[:1]))
    last = said.strip().splitlines()[-SHOWN_LINES:]
    return ChildError("\n    ".join((head, *last)))


def ending(code: int) -> str:
    """Name the end of a process: its exit code, or the signal that killed it."""
    if code >= 0:
        return f"ended with code {code}"
    with suppress(ValueError):
        return f"was ended by {signal.Signals(-code).name}"
    return f"was ended by signal {-code}"


def tail(log: Path, offset: int = 0) -> str:
    """Read the end of a log, nothing before `offset` (bytes); nothing when that is not possible."""
    with suppress(OSError), log.open("rb") as stream:
        size = stream.seek(0, 2)
        # It may have been cut since.
        start = offset if offset <= size else 0
        stream.seek(max(start, size - READ_BYTES))
        return stream.read().decode(errors="replace")
    return ""
