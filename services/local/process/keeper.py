"""Watches a running stack: whatever ends is started again, at once and then with pauses."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Final

from services.local.process.health import watch_health
from services.local.process.log import cut
from services.local.process.reason import ChildError, ending, tail

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.local.process.child import Child
    from services.local.process.stack import Stack

FIRST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 10.0
# A process that ran this long is not one that fails at once every time.
CALM_SECONDS: Final = 30
LOOK_SECONDS: Final = 2.0


class Keeper:
    """Keeps a stack running; tells on `say` what happens, calls `changed` when a pid changes."""

    def __init__(
        self, stack: Stack, say: Callable[[str], None], changed: Callable[[], None]
    ) -> None:
        self._stack = stack
        self._say = say
        self._tell_of_change = changed
        self._wanted = asyncio.Event()
        self._group = asyncio.TaskGroup()

    def wake(self) -> None:
        """Start whatever is down at once."""
        self._wanted.set()
        self._wanted = asyncio.Event()

    async def watch(self) -> None:
        """Watch all processes until cancelled."""
        async with self._group:
            for name in tuple(self._stack.children):
                self.keep(name)
            await self._cut_logs()

    def keep(self, name: str) -> None:
        """Watch one more process."""
        self._group.create_task(self._keep(name))

    async def _keep(self, name: str) -> None:
        pause = 0.0
        while True:
            child = self._stack.children[name]
            began = monotonic()
            await self._until_end(child)
            if monotonic() - began > CALM_SECONDS:
                pause = 0
            self._changed()
            self._explain(child, pause)
            await self._sleep(pause)
            pause = min(max(pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
            await self._start_again(child)
            self._changed()

    async def _start_again(self, child: Child) -> None:
        name = child.command.name
        try:
            again = await self._stack.spawn(child.command)
        except (ChildError, OSError) as error:
            self._say(f"{name} could not be started again: {error}")
        else:
            self._say(f"{name} was started again as process {again.pid}")

    async def _cut_logs(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            for child in self._stack.children.values():
                cut(child.log)

    async def _until_end(self, child: Child) -> None:
        watching = asyncio.create_task(watch_health(child, self._say))
        try:
            await child.process.wait()
        finally:
            watching.cancel()

    def _explain(self, child: Child, pause: float) -> None:
        what = f"{child.command.name} {ending(child.process.returncode or 0)}"
        if not pause:
            self._say(f"{what}; starting it again")
            return
        words = tail(child.log, child.log_start).strip().splitlines()
        last = f" It said last: {words[-1]}" if words else ""
        self._say(f"{what} again; next try in {pause:.1f} s.{last}")

    def _changed(self) -> None:
        # A full disk is no reason to stop.
        with suppress(OSError):
            self._tell_of_change()

    async def _sleep(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wanted.wait(), seconds)
