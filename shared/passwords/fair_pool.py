"""A few threads that take turns among those who ask, so that no flood can take them all."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from shared.errors import PASSWORDS_BUSY, MeridianError

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.throttle.lanes import Lane

LONGEST_QUEUE: Final = 256  # waiting in each of the two queues: some seconds of work
RETRY_SECONDS: Final = 2

ResultT = TypeVar("ResultT")
Turn: TypeAlias = "asyncio.Future[None]"


class FairQueue:
    """Waiting work: everybody who waits is served in turn, however much of it they bring."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, deque[Turn]] = OrderedDict()
        self._length = 0

    def add(self, asker: str) -> Turn:
        """Wait for a turn; when the queue is full, whoever brought most goes without."""
        if self._length >= LONGEST_QUEUE:
            self._refuse_last(self._greediest(asker))
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(asker, deque()).append(turn)
        self._length += 1
        return turn

    def take(self) -> Turn | None:
        """Return whose turn it is; None when nobody waits."""
        while self._waiting:
            asker, turns = self._waiting.popitem(last=False)
            turn = turns.popleft()
            self._length -= 1
            if turns:
                self._waiting[asker] = turns
            if not turn.done():
                return turn
        return None

    def _greediest(self, newcomer: str) -> str:
        most = max(self._waiting, key=lambda asker: len(self._waiting[asker]))
        if len(self._waiting.get(newcomer, ())) + 1 >= len(self._waiting[most]):
            raise MeridianError(PASSWORDS_BUSY, retry_after=RETRY_SECONDS)
        return most

    def _refuse_last(self, asker: str) -> None:
        turn = self._waiting[asker].pop()
        self._length -= 1
        if not turn.done():
            turn.set_exception(MeridianError(PASSWORDS_BUSY, retry_after=RETRY_SECONDS))


class FairPool:
    """Threads with two queues, served alternately: of devices known to their owners, and others."""

    def __init__(self, threads: int, name: str) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._free = threads
        self._queues = {True: FairQueue(), False: FairQueue()}
        self._is_turn_of_trusted = True

    async def run(self, work: Callable[[], ResultT], lane: Lane) -> ResultT:
        """Carry out blocking work when its turn comes; PASSWORDS_BUSY when too much waits."""
        if self._free:
            self._free -= 1
        else:
            await self._wait(lane)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._pass_on()

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _wait(self, lane: Lane) -> None:
        turn = self._queues[lane.is_trusted].add(lane.asker)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        first = self._is_turn_of_trusted = not self._is_turn_of_trusted
        turn = self._queues[first].take() or self._queues[not first].take()
        if turn is None:
            self._free += 1
        else:
            turn.set_result(None)
