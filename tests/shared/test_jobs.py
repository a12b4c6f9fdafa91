"""Jobs: each runs in one process at a time, and goes on when that one is gone."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from shared.catalog.jobs import JobRow, list_jobs, run_job_now
from shared.db import connect
from shared.jobs import Job, JobLost, Jobs, Run

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from shared.db import Pool
    from tests.conftest import Database

TAKE_AWAY = "UPDATE storage.jobs SET runs = runs + 1"


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    pool = await connect(database.storage, max_size=4)
    yield pool
    await pool.close()


@asynccontextmanager
async def running(pool: Pool, job: Job, worker: str = "one") -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(Jobs(pool, [job], worker).run(stop))
    yield
    stop.set()
    await task


async def until(happened: Callable[[], Any]) -> None:
    async with asyncio.timeout(10):
        while not happened():
            await asyncio.sleep(0.01)


async def only_row(pool: Pool) -> JobRow:
    (row,) = await list_jobs(pool)
    return row


async def test_a_job_is_repeated_and_goes_on_where_it_was(pool: Pool) -> None:
    seen: list[int] = []

    async def count(run: Run) -> None:
        seen.append(run.progress.get("count", 0))
        await run.report({"count": seen[-1] + 1})

    async with running(pool, Job(name="count", every=0.01, function=count)):
        await until(lambda: len(seen) > 2)
    assert seen[:3] == [0, 1, 2]
    row = await only_row(pool)
    assert (row.status, row.worker, row.error) == ("done", None, None)
    assert row.progress["count"] == len(seen)


async def test_two_processes_never_run_a_job_at_once(pool: Pool) -> None:
    at_once, most, runs = 0, 0, 0

    async def work(run: Run) -> None:
        nonlocal at_once, most, runs
        at_once += 1
        most, runs = max(most, at_once), runs + 1
        await asyncio.sleep(0.05)
        at_once -= 1

    job = Job(name="work", every=0.01, function=work)
    async with running(pool, job), running(pool, job, "two"):
        await until(lambda: runs > 5)
    assert most == 1


async def test_a_job_of_a_dead_process_is_taken_over(pool: Pool) -> None:
    begun: list[str] = []

    async def hang(run: Run) -> None:
        begun.append("hang")
        await asyncio.Event().wait()

    async def work(run: Run) -> None:
        begun.append("work")

    dead = Jobs(pool, [Job(name="job", every=60, function=hang, lock=0.5)], "dead")
    dead.wake()
    await dead.look()
    await until(lambda: begun == ["hang"])
    # It renews its lock no more.
    for task in asyncio.all_tasks():
        if "Jobs._run" in str(task.get_coro()):
            task.cancel()
    async with running(pool, Job(name="job", every=60, function=work), "heir"):
        await until(lambda: begun == ["hang", "work"])
    assert (await only_row(pool)).runs == 2


async def test_who_has_lost_a_job_ends_and_changes_nothing(pool: Pool) -> None:
    outcomes: list[str] = []

    async def work(run: Run) -> None:
        await pool.execute(TAKE_AWAY)
        try:
            await run.report({"mine": True})
        except JobLost:
            outcomes.append("lost")
            raise

    async with running(pool, Job(name="job", every=60, function=work)):
        await until(lambda: outcomes)
    row = await only_row(pool)
    assert (row.progress, row.runs) == ({}, 2)


async def test_a_job_can_be_asked_for(pool: Pool) -> None:
    runs = 0

    async def work(run: Run) -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            # Asked for while it runs: what it has looked at already may have changed.
            await run_job_now(pool, "job")

    async with running(pool, Job(name="job", every=3600, function=work)):
        await until(lambda: runs == 2)
        assert await run_job_now(pool, "job")
        await until(lambda: runs == 3)
    assert not await run_job_now(pool, "another")


async def test_a_job_that_fails_says_so_and_is_tried_again(pool: Pool) -> None:
    runs = 0

    async def work(run: Run) -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise ValueError("no luck")
        await asyncio.sleep(30)

    async with running(pool, Job(name="job", every=0.5, function=work)):
        await until(lambda: runs == 1)
        async with asyncio.timeout(10):
            while (await only_row(pool)).status != "failed":
                await asyncio.sleep(0.01)
        assert "no luck" in ((await only_row(pool)).error or "")
        await until(lambda: runs == 2)
