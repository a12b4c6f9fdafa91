"""What repeats goes on, whatever one round of it ended with."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import asyncpg
import pytest

from services.auth import jobs
from services.auth.jobs import Job, delete_sessions, run_jobs
from services.auth.revocations import tell_again
from shared.tasks import cancel
from shared.tokens.notices import Kind, Notice
from shared.tokens.revocations import Revocations
from tests.auth.conftest import parts_of

if TYPE_CHECKING:
    from services.auth.settings import AuthSettings, Settings
    from shared.db import Pool
    from tests.auth.conftest import Auth


OUTAGES = (
    asyncpg.InternalClientError("cannot switch to state 11"),
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.AdminShutdownError(),
    OSError(),
)


@pytest.mark.parametrize("error", [*OUTAGES, ValueError()], ids=repr)
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


@pytest.mark.parametrize("error", OUTAGES, ids=repr)
async def test_what_ended_is_told_when_the_database_is_back(
    monkeypatch: pytest.MonkeyPatch, owner_pool: Pool, redis_url: str, error: Exception
) -> None:
    answers: list[Exception | list[Notice]] = [error, [Notice(Kind.KEY, "k", int(time.time()))]]

    async def read(_: Pool, __: float) -> list[Notice]:
        answer = answers.pop(0) if answers else []
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(tell_again, "list_revoked", read)
    monkeypatch.setattr(tell_again, "LOOK_SECONDS", 0.01)
    revocations, told = Revocations(redis_url, asks=False), asyncio.Event()
    revocations.call_on_dropped_key(lambda _: told.set())
    telling = asyncio.create_task(tell_again.tell_again_forever(owner_pool, revocations))
    await asyncio.wait_for(told.wait(), 20)
    await cancel([telling])
    await revocations.close()


async def test_sessions_that_are_long_over_are_deleted(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    pairs = [await auth.login(ann["username"]) for _ in range(3)]
    old, ended, fresh = [parts_of(pair["access_token"])[1]["sid"] for pair in pairs]
    await db.execute("UPDATE auth.sessions SET last_seen_at = now() - interval '31 days'")
    await db.execute("UPDATE auth.sessions SET last_seen_at = now() WHERE id = $1", fresh)
    await db.execute(
        "UPDATE auth.sessions SET ended_at = now(), end_reason = 'logout' WHERE id = $1", ended
    )
    await delete_sessions(db, auth.settings.auth)
    assert await db.fetchval("SELECT count(*) FROM auth.sessions") == 4
    await db.execute("DELETE FROM auth.refresh_tokens")
    await delete_sessions(db, auth.settings.auth)
    left = await db.fetch("SELECT id FROM auth.sessions")
    assert {str(row["id"]) for row in left} == {ended, fresh}
    assert old not in {ended, fresh}
    # The history keeps the sign-in.
    assert await db.fetchval("SELECT count(*) FROM auth.logins") == 4
    await auth.call("GET", "/me", 200, pairs[2]["access_token"])


async def test_first_answers_go_after_a_day_also_when_nobody_asks(auth: Auth, db: Pool) -> None:
    await db.execute(
        "INSERT INTO auth.idempotency_keys (owner_id, key, operation, fingerprint, created_at)"
        " SELECT gen_random_uuid(), 'x', 'POST /x', '', now() - age * interval '1 hour'"
        " FROM unnest(ARRAY[23, 25]) AS age"
    )
    await run_jobs(db, auth.settings.auth)
    assert await db.fetchval("SELECT count(*) FROM auth.idempotency_keys") == 1
