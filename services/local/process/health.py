"""Whether a process that lives also answers, told when it changes."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.local.process.child import Child

LOOK_SECONDS: Final = 2.0
# One look may come at a bad moment.
MISSES: Final = 3


async def watch_health(child: Child, say: Callable[[str], None]) -> None:
    """Say when a process stops answering and when it answers again; ends with the process."""
    missed, silent_since = 0, 0.0
    while child.is_alive:
        await asyncio.sleep(LOOK_SECONDS)
        if await child.command.ready():
            if missed >= MISSES:
                say(f"{child.command.name} answers again after {monotonic() - silent_since:.0f} s")
            missed = 0
            continue
        silent_since = silent_since if missed else monotonic()
        missed += 1
        if missed == MISSES and child.is_alive:
            say(
                f"{child.command.name} (process {child.pid}) runs but does not answer; "
                f"its log: {child.log}"
            )
