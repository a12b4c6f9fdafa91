"""How another process asks a running stack to begin anew from a backup."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from services.local.run.home import LocalError
from services.local.run.restore import check, restore
from services.local.run.run_file import is_alive

if TYPE_CHECKING:
    from services.local.run.home import Home

WISH: Final = "restore.json"
POLL_SECONDS: Final = 0.1
LONGEST_SECONDS: Final = 1800


def ask_for_restore(home: Home, source: Path, stack: int) -> None:
    """Have a running stack restore a backup, and wait until it serves again; LocalError if not.

    What can be known beforehand to fail does not stop it.
    """
    asyncio.run(check(home, source))
    home.write(WISH, {"source": str(source.resolve())})
    os.kill(stack, signal.SIGUSR2)
    deadline = time.monotonic() + LONGEST_SECONDS
    while wanted(home) or not home.run_file.exists():
        if time.monotonic() > deadline or not is_alive(stack):
            raise LocalError(f"the stack did not come up again; see {home.logs}")
        time.sleep(POLL_SECONDS)
    error = home.read_passing(WISH).get("error")
    (home.folder / WISH).unlink(missing_ok=True)
    if error:
        raise LocalError(str(error))


def wanted(home: Home) -> str:
    """Which file waits to be restored; empty when none does."""
    wish = home.read_passing(WISH)
    return "" if "error" in wish else str(wish.get("source", ""))


async def fulfil(home: Home, lock: int) -> str:
    """Restore what is wanted; why that could not be done, else nothing."""
    try:
        await restore(home, Path(wanted(home)), lock)
    except Exception as error:  # noqa: BLE001 whatever it is, the stack is to come up again
        because = str(error) if isinstance(error, LocalError) else repr(error)
        home.write(WISH, {"error": because})
        return because
    return ""


def forget(home: Home) -> None:
    """Drop a wish that is fulfilled or given up; a refusal stays until it was read."""
    if wanted(home):
        (home.folder / WISH).unlink(missing_ok=True)
