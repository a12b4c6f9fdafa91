"""Jobs: what repeats in time, one row each, run by one process at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from shared.db import Connection, Pool

# Makes wanted copies of what a server should hold and does not.
PLACEMENT_JOB: Final = "placement.reconcile"

ADD_JOBS: Final = """
INSERT INTO storage.jobs (name, every, lock, due_at)
SELECT name, every, lock, now() + make_interval(secs => delay)
FROM unnest($1::text[], $2::float8[], $3::float8[], $4::float8[]) AS job (name, every, lock, delay)
ON CONFLICT (name) DO UPDATE SET every = EXCLUDED.every, lock = EXCLUDED.lock
"""
# $1 names, $2 who asks, $3 how long others let the last worker go first, in seconds
TAKE_DUE_JOBS: Final = """
UPDATE storage.jobs
SET worker = $2, lease_until = now() + make_interval(secs => lock), started_at = now(),
    status = 'running', error = NULL, runs = runs + 1
WHERE name = ANY($1::text[]) AND (lease_until IS NULL OR lease_until < now())
    AND due_at <= now() - make_interval(secs =>
        CASE WHEN worker IS NULL OR worker = $2 THEN 0 ELSE $3::float8 END)
RETURNING name, progress, runs, asked_at
"""
RENEW_JOB: Final = """
UPDATE storage.jobs
SET lease_until = now() + make_interval(secs => lock), progress = COALESCE($3, progress)
WHERE name = $1 AND runs = $2 AND lease_until IS NOT NULL RETURNING name
"""
# What was asked for during the run is still to come.
FINISH_JOB: Final = """
UPDATE storage.jobs
SET lease_until = NULL, finished_at = now(),
    asked_at = CASE WHEN asked_at > started_at THEN asked_at END,
    due_at = CASE WHEN due_at > started_at THEN due_at
        ELSE now() + make_interval(secs => every) END,
    status = CASE WHEN $3::text IS NULL THEN 'done' ELSE 'failed' END, error = $3
WHERE name = $1 AND runs = $2 AND lease_until IS NOT NULL
"""
LEAVE_JOBS: Final = """
UPDATE storage.jobs
SET worker = NULL, lease_until = NULL,
    status = CASE WHEN status = 'running' THEN 'waiting' ELSE status END
WHERE worker = $1
"""
RUN_JOB_NOW: Final = """
UPDATE storage.jobs SET due_at = now(), asked_at = now() WHERE name = $1 RETURNING name
"""
LIST_JOBS: Final = """
SELECT name, every, due_at, worker, started_at, finished_at, status, progress, error, runs
FROM storage.jobs ORDER BY name
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """One run of a job that this process was given; `progress` is what the one before left.

    `asked_at`: somebody asked for it then.
    """

    name: str
    progress: Mapping[str, Any]
    number: int
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """A job as seen from outside; `every` in seconds."""

    name: str
    every: float
    due_at: datetime
    worker: str | None
    started_at: datetime | None
    finished_at: datetime | None
    status: str
    progress: Mapping[str, Any]
    error: str | None
    runs: int


async def add_jobs(db: Connection | Pool, jobs: Sequence[tuple[str, float, float, float]]) -> None:
    """Make the rows of these jobs, or bring them up to date: name, every, lock, delay."""
    await db.execute(ADD_JOBS, *map(list, zip(*jobs, strict=True)))


async def take_due_jobs(
    db: Connection | Pool, names: Sequence[str], worker: str, patience_seconds: float
) -> list[Turn]:
    """Take those of these jobs that are due and that nobody runs."""
    rows = await db.fetch(TAKE_DUE_JOBS, names, worker, patience_seconds)
    return [Turn(*row) for row in rows]


async def renew_job(
    db: Connection | Pool, turn: Turn, progress: Mapping[str, Any] | None = None
) -> bool:
    """Keep a job, and write down how far it is; False when another process has it."""
    written = None if progress is None else dict(progress)
    return await db.fetchval(RENEW_JOB, turn.name, turn.number, written) is not None


async def finish_job(db: Connection | Pool, turn: Turn, error: str | None) -> None:
    """Note how a run ended; the next is due in a while."""
    await db.execute(FINISH_JOB, turn.name, turn.number, error)


async def leave_jobs(db: Connection | Pool, worker: str) -> None:
    """Let others go first at what this process ran, for it ends."""
    await db.execute(LEAVE_JOBS, worker)


async def run_job_now(db: Connection | Pool, name: str) -> bool:
    """Have a job run as soon as a process is free; False when there is none of that name."""
    return await db.fetchval(RUN_JOB_NOW, name) is not None


async def list_jobs(db: Connection | Pool) -> list[JobRow]:
    """Every job and how it is doing."""
    return [JobRow(**row) for row in await db.fetch(LIST_JOBS)]
