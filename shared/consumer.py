"""The loop of one consumer: reads what it has room for, acknowledges what is done."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

import structlog
from redis.exceptions import RedisError

from shared.stream import GroupMissing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from shared.stream import Entry, Stream

log = structlog.get_logger(__name__)

BLOCK_SECONDS = 2.0
GATHER_SECONDS = 0.005
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 2.0
MOST_DELIVERIES = 10
# The end, in all less than four seconds: for what is in work, for what had to be cancelled, and
# for the last acknowledgements.
GRACE_SECONDS = 1.5
CLEANING_SECONDS = 1.2
LAST_CALL_SECONDS = 0.5
CANCEL_SECONDS = 0.2


def do_nothing() -> None:
    """Be told of a lost stream, and not mind."""


class Consumer:  # noqa: WPS214 four loops and their ends
    """Handles entries of a stream, `slots` at a time.

    `handle` returns when an entry may be acknowledged. An entry whose handler raises is left for
    whoever takes it over after `idle_seconds`; after ten times it is set aside.
    """

    def __init__(
        self,
        stream: Stream,
        name: str,
        handle: Callable[[Entry], Awaitable[None]],
        *,
        slots: int,
        idle_seconds: float,
        on_loss: Callable[[], None] = do_nothing,
    ) -> None:
        self._stream = stream
        self._name = name
        self._handle = handle
        self._slots = slots
        self._idle_seconds = idle_seconds
        self._on_loss = on_loss
        self._work: dict[str, asyncio.Task[None]] = {}
        self._done: list[str] = []
        self._room = asyncio.Event()
        self._finished = asyncio.Event()
        self._is_stopping = False

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then take nothing new and give what is in work a moment."""
        loops = [
            asyncio.create_task(self._forever(step))
            for step in (self._read, self._take_over, self._keep, self._acknowledge)
        ]
        try:
            await stop.wait()
        finally:
            await self._wind_up(loops)

    async def _wind_up(self, loops: list[asyncio.Task[None]]) -> None:
        self._is_stopping = True
        reading, taking, *rest = loops
        await _cancel([reading, taking])
        await self._finish_work()
        await _cancel(rest)
        await self._last_call()

    async def _forever(self, step: Callable[[], Awaitable[None]]) -> None:
        """Repeat a step, more slowly the longer Redis is away."""
        pause = FIRST_PAUSE_SECONDS
        while not self._is_stopping:
            try:
                await step()
            except GroupMissing:
                log.warning("stream_lost", consumer=self._name)
                await self._recreate_group()
            except (RedisError, OSError) as error:
                log.warning("redis_away", consumer=self._name, error=repr(error))
                await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            else:
                pause = FIRST_PAUSE_SECONDS

    async def _recreate_group(self) -> None:
        try:
            await self._stream.ensure_group()
        except (RedisError, OSError) as error:
            log.warning("redis_away", consumer=self._name, error=repr(error))
            await asyncio.sleep(FIRST_PAUSE_SECONDS)
        else:
            self._on_loss()

    async def _read(self) -> None:
        if self._work:
            # Under load, a moment more makes one reading out of several.
            await asyncio.sleep(GATHER_SECONDS)
        await self._until_room()
        free = self._slots - len(self._work)
        for entry in await self._stream.read(self._name, free, BLOCK_SECONDS):
            self._start(entry)

    async def _take_over(self) -> None:
        await self._until_room()
        free = self._slots - len(self._work)
        for entry in await self._stream.take_over(self._name, self._idle_seconds, free):
            if entry.id not in self._work and entry.id not in self._done:
                await self._start_again(entry)
        await asyncio.sleep(self._idle_seconds / 2)

    async def _keep(self) -> None:
        await asyncio.sleep(self._idle_seconds / 3)
        if self._work:
            await self._stream.keep(self._name, list(self._work))

    async def _acknowledge(self) -> None:
        await self._finished.wait()
        await asyncio.sleep(GATHER_SECONDS)
        self._finished.clear()
        done = list(self._done)
        if done:
            try:
                await self._stream.acknowledge(done)
            except BaseException:
                self._finished.set()
                raise
            del self._done[: len(done)]

    async def _until_room(self) -> None:
        while len(self._work) >= self._slots:
            self._room.clear()
            await self._room.wait()

    async def _start_again(self, entry: Entry) -> None:
        if await self._stream.deliveries(entry.id) > MOST_DELIVERIES:
            log.error("entry_set_aside", entry=entry.id, fields=dict(entry.fields))
            await self._stream.set_aside(entry, "it failed every time")
            self._note_done(entry.id)
            return
        log.info("entry_taken_over", entry=entry.id, consumer=self._name)
        self._start(entry)

    def _start(self, entry: Entry) -> None:
        self._work[entry.id] = asyncio.create_task(self._work_on(entry))

    async def _work_on(self, entry: Entry) -> None:
        try:
            await self._handle(entry)
        except Exception:
            log.exception("entry_failed", entry=entry.id, fields=dict(entry.fields))
        else:
            self._note_done(entry.id)
        finally:
            self._work.pop(entry.id, None)
            self._room.set()

    def _note_done(self, entry_id: str) -> None:
        self._done.append(entry_id)
        self._finished.set()

    async def _finish_work(self) -> None:
        tasks = list(self._work.values())
        if tasks:
            _, unfinished = await asyncio.wait(tasks, timeout=GRACE_SECONDS)
            for task in unfinished:
                task.cancel()
            if unfinished:
                await asyncio.wait(unfinished, timeout=CLEANING_SECONDS)

    async def _last_call(self) -> None:
        try:
            async with asyncio.timeout(LAST_CALL_SECONDS):
                if self._done:
                    await self._stream.acknowledge(self._done)
        except (RedisError, OSError) as error:
            log.warning("not_acknowledged", entries=len(self._done), error=repr(error))


async def _cancel(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel until it is heard: a client that is just closing a connection may miss it."""
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=CANCEL_SECONDS)
