"""The processes of a run, by name: started, stopped, and started again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from services.local.process.child import Child, Command, start_child

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from services.local.process.guard import Guard

STOP_SECONDS = 2.0

# Told the name of a process that is ready, and how many seconds that took.
Tell = Callable[[str, float], None]


class Stack:
    """Processes under one guard that write their logs to one folder."""

    def __init__(self, guard: Guard, logs: Path, tell: Tell) -> None:
        self.guard = guard
        self.children: dict[str, Child] = {}
        self._logs = logs
        self._tell = tell

    @property
    def pids(self) -> dict[str, int]:
        """The process number of each process that is alive."""
        return {name: child.pid for name, child in self.children.items() if child.is_alive}

    async def start(self, command: Command) -> Child:
        """Start a process and wait until it is ready; ChildError with its last words if not."""
        began = monotonic()
        child = await self.spawn(command)
        await child.until_ready()
        self._tell(command.name, monotonic() - began)
        return child

    async def spawn(self, command: Command) -> Child:
        """Start a process, or start it again, without waiting for it."""
        child = await start_child(command, self.guard, self._logs)
        self.children[command.name] = child
        return child

    async def stop(self, first: Collection[str] = ()) -> None:
        """Stop all: those named `first`, then the rest, each within a grace of two seconds."""
        await self._stop([child for name, child in self.children.items() if name in first])
        await self._stop(list(self.children.values()))

    async def _stop(self, children: Collection[Child]) -> None:
        await asyncio.gather(*(child.stop(STOP_SECONDS) for child in children))
