"""PostgreSQL goes and comes back: a clear 503 meanwhile, and nothing to restart."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.auth.conftest import API, PASSWORD, Line
from tests.free_port import free_port
from tests.world.calm import calm_timeout

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from services.auth.settings import Settings
    from shared.db import Pool
    from tests.auth.conftest import Auth, Start

RECOVERY_SECONDS = 10
LOGINS = 6
WAITS = (0.0, 0.03, 0.1, 0.2)
HALF_SESSIONS = """
SELECT count(*) FROM auth.sessions WHERE id NOT IN (SELECT session_id FROM auth.refresh_tokens)
"""


@pytest.fixture
async def database_line(settings: Settings) -> AsyncIterator[Line]:
    target = urlsplit(settings.shared.database_url)
    assert target.hostname is not None
    line = Line("127.0.0.1", free_port(), (target.hostname, target.port or 5432))
    await line.mend()
    yield line
    await line.cut()


@pytest.fixture
def settings_by_line(settings: Settings, database_line: Line) -> Settings:
    target = urlsplit(settings.shared.database_url)
    netloc = f"{target.netloc.rpartition('@')[0]}@{database_line.host}:{database_line.port}"
    url = target._replace(netloc=netloc).geturl()
    return replace(settings, shared=replace(settings.shared, database_url=url))


async def wait_for_login(auth: Auth, username: str) -> None:
    body = {"username": username, "password": PASSWORD}
    async with calm_timeout(RECOVERY_SECONDS):
        while True:
            async with auth.client.post(f"{API}/login", json=body) as answer:
                if answer.status == 200:
                    return
                assert answer.status == 503
            await asyncio.sleep(0.1)


async def test_tokens_are_checked_while_the_database_is_away(
    start: Start, settings_by_line: Settings, database_line: Line
) -> None:
    auth = await start(settings_by_line)
    ann = await auth.newcomer()
    await database_line.cut()
    body = {"username": ann["username"], "password": PASSWORD}
    problem = await auth.call("POST", "/login", 503, json=body)
    assert problem["code"] == "DATABASE_UNAVAILABLE"
    assert auth.last is not None
    assert int(auth.last.headers["Retry-After"]) >= 1
    problem = await auth.call("GET", "/me", 503, ann["access_token"])
    assert problem["code"] == "DATABASE_UNAVAILABLE"
    await auth.call("POST", "/verify", 200, ann["access_token"], json={})
    await auth.call("GET", "/.well-known/jwks.json", 200)
    await database_line.mend()
    await wait_for_login(auth, ann["username"])
    await auth.refresh(ann["refresh_token"])


async def test_a_database_that_goes_during_logins_leaves_no_half_session(
    start: Start, settings_by_line: Settings, database_line: Line, db: Pool
) -> None:
    auth = await start(settings_by_line)
    people = [await auth.register() for _ in range(LOGINS)]

    async def status(person: dict[str, Any]) -> int:
        body = {"username": person["username"], "password": PASSWORD}
        async with auth.client.post(f"{API}/login", json=body) as answer:
            return answer.status

    seen: Counter[int] = Counter()
    for wait in WAITS:
        logins = [asyncio.create_task(status(person)) for person in people]
        await asyncio.sleep(wait)
        await database_line.cut()
        seen.update(await asyncio.gather(*logins))
        await database_line.mend()
        await wait_for_login(auth, people[0]["username"])
        seen[200] += 1
    assert set(seen) <= {200, 503}
    assert seen[503] > 0
    assert await db.fetchval(HALF_SESSIONS) == 0
    assert await db.fetchval("SELECT count(*) FROM auth.sessions") >= seen[200]


async def test_service_starts_without_its_database(
    auth: Auth, start: Start, settings_by_line: Settings, database_line: Line
) -> None:
    ann = await auth.newcomer()
    await database_line.cut()
    late = await start(settings_by_line)
    async with late.client.get("/healthz") as answer:
        assert answer.status == 200
    async with late.client.get("/readyz") as answer:
        assert answer.status == 503
    problem = await late.call("GET", "/.well-known/jwks.json", 503)
    assert problem["code"] == "AUTH_UNAVAILABLE"
    await database_line.mend()
    await wait_for_login(late, ann["username"])
    async with late.client.get("/readyz") as answer:
        assert answer.status == 200
