"""A bounded number of tasks by name, and an end that gives them a moment."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable

# What is in work at the end has so long to end by itself, and then to clean up when cancelled.
GRACE_SECONDS: Final = 1.5
CLEANING_SECONDS: Final = 1.2
CANCEL_SECONDS: Final = 0.2


class Work:
    """At most `slots` tasks at a time, as long as everybody asks for room first."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._tasks: dict[object, asyncio.Task[None]] = {}
        self._room = asyncio.Event()

    def __contains__(self, name: object) -> bool:
        return name in self._tasks

    @property
    def free(self) -> int:
        """How many more tasks there is room for."""
        return self._slots - len(self._tasks)

    @property
    def names(self) -> list[Any]:
        """Of the tasks that run."""
        return list(self._tasks)

    def start(self, name: object, work: Coroutine[Any, Any, None]) -> None:
        """Begin a task; a name may run once at a time."""
        task = asyncio.create_task(work)
        self._tasks[name] = task
        task.add_done_callback(lambda _: self._forget(name))

    async def until_room(self) -> None:
        """Wait for a free slot."""
        while self.free <= 0:
            await self.until_one_ends()

    async def until_one_ends(self, seconds: float | None = None) -> None:
        """Wait for the next end of a task, or for so long."""
        self._room.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._room.wait()

    async def run(self, beginning: Coroutine[Any, Any, object], stop: asyncio.Event) -> None:
        """Let a loop start tasks until `stop` is set; then give what runs a moment."""
        starting = asyncio.create_task(beginning)
        try:
            await stop.wait()
        finally:
            await cancel([starting])
            await self.finish()

    async def finish(self) -> None:
        """Wait a moment for what runs, then cancel it."""
        tasks = list(self._tasks.values())
        if tasks:
            _, unfinished = await asyncio.wait(tasks, timeout=GRACE_SECONDS)
            for task in unfinished:
                task.cancel()
            if unfinished:
                await asyncio.wait(unfinished, timeout=CLEANING_SECONDS)

    def _forget(self, name: object) -> None:
        del self._tasks[name]
        self._room.set()


async def cancel(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel until it is heard: a client that is just closing a connection may miss it."""
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=CANCEL_SECONDS)
