"""What repeats goes on, whatever one round of it ended with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest

from services.auth import jobs
from services.auth.jobs import Job, run_jobs

if TYPE_CHECKING:
    from services.auth.settings import AuthSettings, Settings
    from shared.db import Pool


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.InternalClientError("cannot switch to state 11"),
        asyncpg.AdminShutdownError(),
        OSError(),
    ],
    ids=repr,
)
async def test_a_job_that_fails_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch, owner_pool: Pool, settings: Settings, error: Exception
) -> None:
    done: list[str] = []

    async def fail(_: Pool, __: AuthSettings) -> None:
        raise error

    async def note(_: Pool, __: AuthSettings) -> None:
        done.append("noted")

    monkeypatch.setattr(jobs, "JOBS", (Job("fails", fail), Job("notes", note)))
    await run_jobs(owner_pool, settings.auth)
    assert done == ["noted"]
