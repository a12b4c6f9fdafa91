"""Work that goes on beside a block of code and ends with it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine


@asynccontextmanager
async def beside(
    work: Callable[[], Coroutine[Any, Any, None]], *, after: float
) -> AsyncIterator[None]:
    """Begin `work` when the block has lasted `after` seconds; most never do, and cost no task."""
    loop = asyncio.get_running_loop()
    tasks: list[asyncio.Task[None]] = []
    timer = loop.call_later(after, lambda: tasks.append(loop.create_task(work())))
    try:
        yield
    finally:
        timer.cancel()
        for task in tasks:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
