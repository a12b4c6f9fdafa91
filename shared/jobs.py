"""Runs the jobs of a process: those that are due, each in one process at a time."""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog

from shared.catalog.jobs import add_jobs, finish_job, leave_jobs, renew_job, take_due_jobs
from shared.tasks import Work, cancel

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from shared.catalog.jobs import Turn
    from shared.db import Pool

log = structlog.get_logger(__name__)

LOOK_SECONDS: Final = 1.0
RENEWALS: Final = 3
# So much later than due, a job is also taken by another process than the one that ran it last.
PATIENCE_SECONDS: Final = 2.0
ERROR_LENGTH: Final = 300


class JobLost(Exception):
    """Another process has the job by now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a process does again and again; in seconds.

    `every`: from the end of a run to the next; `lock`: for how long a process that died holds up
    the others; `delay`: until the very first run.
    """

    name: str
    every: float
    function: Callable[[Run], Awaitable[None]]
    lock: float = 30.0
    delay: float = 0


class Run:
    """One run of a job, as its function sees it."""

    def __init__(self, pool: Pool, turn: Turn, lock: float) -> None:
        self.progress: Mapping[str, Any] = turn.progress
        self.asked_at = turn.asked_at
        self._pool = pool
        self._turn = turn
        self._lock = lock

    async def report(self, progress: Mapping[str, Any]) -> None:
        """Write down how far it is, for people and for whoever goes on; JobLost."""
        self.progress = progress
        if not await renew_job(self._pool, self._turn, progress):
            raise JobLost(self._turn.name)

    async def keep(self) -> None:
        """Renew the lock again and again; JobLost."""
        while True:
            await asyncio.sleep(self._lock / RENEWALS)
            if not await renew_job(self._pool, self._turn):
                raise JobLost(self._turn.name)


class Jobs:
    """The jobs that this process can run."""

    def __init__(self, pool: Pool, jobs: Sequence[Job], worker: str = "") -> None:
        self._pool = pool
        self._jobs = {job.name: job for job in jobs}
        self._worker = worker or f"{socket.gethostname()}-{os.getpid()}"
        self._work = Work(len(jobs))
        self._bell = asyncio.Event()
        self._is_known = False

    def wake(self) -> None:
        """Look for what is due now."""
        self._bell.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Run what is due until `stop` is set; then let other processes go first."""
        await self._work.run(self._forever(), stop)
        try:
            async with asyncio.timeout(1):
                await leave_jobs(self._pool, self._worker)
        except Exception as error:  # noqa: BLE001 the locks run out by themselves
            log.info("jobs.not_left", error=repr(error))

    async def look(self) -> None:
        """Begin with what is due and runs nowhere."""
        if not self._is_known:
            rows = [(job.name, job.every, job.lock, job.delay) for job in self._jobs.values()]
            await add_jobs(self._pool, rows)
            self._is_known = True
        free = [name for name in self._jobs if name not in self._work]
        for turn in await take_due_jobs(self._pool, free, self._worker, PATIENCE_SECONDS):
            self._work.start(turn.name, self._run(self._jobs[turn.name], turn))

    async def _forever(self) -> None:
        while True:
            self._bell.clear()
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 jobs outlive every outage
                log.warning("jobs.wait", error=repr(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), LOOK_SECONDS)

    async def _run(self, job: Job, turn: Turn) -> None:
        said = None
        try:
            await _carry_out(job, Run(self._pool, turn, job.lock))
        except Exception as error:  # noqa: BLE001 whatever it was, its next run may go well
            log.warning("job.failed", job=job.name, error=repr(error))
            said = repr(error)[:ERROR_LENGTH]
        with suppress(Exception):
            await finish_job(self._pool, turn, said)
        asyncio.get_running_loop().call_later(job.every, self._bell.set)


async def _carry_out(job: Job, run: Run) -> None:
    """Run a job and keep its lock; JobLost ends the work."""
    tasks = [asyncio.ensure_future(part) for part in (job.function(run), run.keep())]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await cancel(tasks)
