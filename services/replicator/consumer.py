"""The loop of one consumer: reads what it has room for, acknowledges what is done."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog
from redis.exceptions import RedisError

from services.replicator.retry import OutageWait
from services.replicator.stream import GroupMissing
from shared.tasks import Work, cancel

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from services.replicator.stream import Entry, Stream

log = structlog.get_logger(__name__)

AWAY = (RedisError, OSError)
BLOCK_SECONDS = 2.0
GATHER_SECONDS = 0.005
MOST_DELIVERIES = 10
LAST_CALL_SECONDS = 0.5


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
        on_loss: Callable[[], None],
    ) -> None:
        self._stream = stream
        self._name = name
        self._handle = handle
        self._idle_seconds = idle_seconds
        self._on_loss = on_loss
        self._work = Work(slots)
        self._done: list[str] = []
        self._finished = asyncio.Event()
        self._is_stopping = False
        # Whether an answer with entries for us may have been lost with its connection.
        self._may_miss = False

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then take nothing new and give what is in work a moment."""
        loops = [
            asyncio.create_task(self._forever(step))
            for step in (self._read, self._take_over, self._keep, self._acknowledge)
        ]
        try:
            await stop.wait()
        finally:
            await self._end(reading=loops[:2], keeping=loops[2:])

    async def _end(
        self, reading: Sequence[asyncio.Task[None]], keeping: Sequence[asyncio.Task[None]]
    ) -> None:
        self._is_stopping = True
        await cancel(reading)
        await self._work.finish()
        await cancel(keeping)
        await self._last_call()

    async def _forever(self, step: Callable[[], Awaitable[None]]) -> None:
        """Repeat a step, more slowly the longer Redis is away."""
        patience = OutageWait("redis")
        while not self._is_stopping:
            try:
                await step()
            except GroupMissing:
                await self._recreate_group(patience)
            except Exception as error:  # noqa: BLE001 a consumer that reads no more helps nobody
                await patience.wait(error)
            else:
                patience.end()

    async def _recreate_group(self, patience: OutageWait) -> None:
        log.warning("group_missing", consumer=self._name)
        try:
            await self._stream.ensure_group()
        except AWAY as error:
            await patience.wait(error)
        else:
            self._on_loss()

    async def _read(self) -> None:
        if self._work.names:
            # Under load, a moment more makes one reading out of several.
            await asyncio.sleep(GATHER_SECONDS)
        await self._work.until_room()
        if self._may_miss:
            await self._start_left(await self._stream.read_again(self._name))
        self._may_miss = True
        entries = await self._stream.read(self._name, self._work.free, BLOCK_SECONDS)
        self._may_miss = False
        for entry in entries:
            self._work.start(entry.id, self._work_on(entry))

    async def _take_over(self) -> None:
        await self._work.until_room()
        idle = self._idle_seconds
        await self._start_left(await self._stream.take_over(self._name, idle, self._work.free))
        await asyncio.sleep(idle / 2)

    async def _keep(self) -> None:
        await asyncio.sleep(self._idle_seconds / 3)
        if self._work.names:
            await self._stream.keep(self._name, self._work.names)

    async def _acknowledge(self) -> None:
        await self._finished.wait()
        await asyncio.sleep(GATHER_SECONDS)
        self._finished.clear()
        done = self._done.copy()
        if done:
            try:
                await self._stream.acknowledge(done)
            except BaseException:
                self._finished.set()
                raise
            del self._done[: len(done)]

    async def _start_left(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            await self._work.until_room()
            if entry.id not in self._work and entry.id not in self._done:
                await self._start_again(entry)

    async def _start_again(self, entry: Entry) -> None:
        if await self._stream.deliveries(entry.id) > MOST_DELIVERIES:
            log.error("entry_set_aside", entry=entry.id, fields=dict(entry.fields))
            await self._stream.set_aside(entry, "it failed every time")
            self._note_done(entry.id)
            return
        log.info("entry_taken_over", entry=entry.id, consumer=self._name)
        self._work.start(entry.id, self._work_on(entry))

    async def _work_on(self, entry: Entry) -> None:
        try:
            await self._handle(entry)
        except Exception:
            log.exception("entry_failed", entry=entry.id, fields=dict(entry.fields))
        else:
            self._note_done(entry.id)

    def _note_done(self, entry_id: str) -> None:
        self._done.append(entry_id)
        self._finished.set()

    async def _last_call(self) -> None:
        try:
            async with asyncio.timeout(LAST_CALL_SECONDS):
                if self._done:
                    await self._stream.acknowledge(self._done)
        except AWAY as error:
            log.warning("not_acknowledged", entries=len(self._done), error=repr(error))
