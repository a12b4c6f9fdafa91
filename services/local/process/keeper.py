"""Watches a running stack: services that end are started again, servers stay down until asked."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

from services.local.process.reason import ChildError, ending

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from services.local.process.child import Child
    from services.local.process.stack import Stack

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
# A service that ran this long is not one that fails at once every time.
CALM_SECONDS = 30


class Keeper:
    """Keeps `services` running; tells on `say` what happens, calls `changed` when a pid changes."""

    def __init__(
        self,
        stack: Stack,
        services: Collection[str],
        say: Callable[[str], None],
        changed: Callable[[], None],
    ) -> None:
        self._stack = stack
        self._services = services
        self._say = say
        self._tell_of_change = changed
        self._wanted = asyncio.Event()

    def wake(self) -> None:
        """Start whatever is down."""
        self._wanted.set()
        self._wanted = asyncio.Event()

    async def watch(self) -> None:
        """Watch all processes until cancelled."""
        async with asyncio.TaskGroup() as group:
            for name in self._stack.children:
                group.create_task(self._keep(name))

    async def _keep(self, name: str) -> None:
        pause = FIRST_PAUSE
        while True:
            child = self._stack.children[name]
            began = monotonic()
            await child.process.wait()
            pause = FIRST_PAUSE if monotonic() - began > CALM_SECONDS else pause
            self._changed()
            await self._wait(child, pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            with suppress(ChildError, OSError):
                again = await self._stack.spawn(child.command)
                self._say(f"{name} was started again as process {again.pid}")
            self._changed()

    def _changed(self) -> None:
        # A full disk is no reason to stop.
        with suppress(OSError):
            self._tell_of_change()

    async def _wait(self, child: Child, pause: float) -> None:
        name = child.command.name
        what = f"{name} {ending(child.process.returncode or 0)}"
        if name in self._services:
            self._say(f"{what}; starting it again")
            await asyncio.sleep(pause)
        else:
            self._say(f"{what} and stays down; `kill -USR1 {os.getpid()}` brings it back")
            await self._wanted.wait()
