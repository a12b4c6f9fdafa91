"""Keys are rotated while people are at work: nobody is refused."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from aiohttp import DummyCookieJar

from services.auth.signing import issuer
from services.auth.signing.issuer import NOTICE, RETIRE_AFTER
from shared.tokens import keys
from tests.auth.conftest import API, bearer, parts_of, run_command
from tests.auth.reader import make_reader, status_at

if TYPE_CHECKING:
    from services.auth.settings import Settings
    from shared.db import Pool
    from tests.auth.conftest import Auth, Client, Serve, Start
    from tests.conftest import Tell

PEOPLE = 6
ROTATIONS = 3
# As if everything in the table had happened that much earlier.
PASS_TIME = """
UPDATE auth.signing_keys SET created_at = created_at - make_interval(secs => $1),
    retired_at = retired_at - make_interval(secs => $1)
"""


@dataclass(slots=True)
class Person:
    """Somebody who refreshes and calls both services, again and again."""

    auth: Auth
    reader: Client
    refresh_token: str
    kid: str = ""
    statuses: Counter[int] = field(default_factory=Counter)

    async def work(self) -> None:
        """Go on until cancelled."""
        while True:
            body = {"refresh_token": self.refresh_token}
            async with self.auth.client.post(f"{API}/refresh", json=body) as answer:
                self.statuses[answer.status] += 1
                pair = await answer.json()
            self.refresh_token, token = pair["refresh_token"], pair["access_token"]
            for _ in range(5):
                async with self.auth.client.get(f"{API}/me", headers=bearer(token)) as answer:
                    self.statuses[answer.status] += 1
                self.statuses[await status_at(self.reader, token)] += 1
            self.kid = parts_of(token)[0]["kid"]


async def until_signed_by(
    people: list[Person], kid: str, working: list[asyncio.Task[None]]
) -> None:
    async with asyncio.timeout(20):
        while {person.kid for person in people} != {kid}:
            for task in working:
                assert not task.done(), task.exception()
            await asyncio.sleep(0.05)


async def test_rotation_under_load_refuses_nobody(
    start: Start,
    settings: Settings,
    db: Pool,
    redis_url: str,
    aiohttp_client: Serve,
    tell: Tell,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Days pass in seconds: the table is aged, and both services read keys that much more often."""
    monkeypatch.setattr(issuer, "RELOAD_SECONDS", 0.1)
    monkeypatch.setattr(keys, "RELOAD_PAUSE", 0.01)
    auth = await start(settings)
    url = str(auth.client.make_url(f"{API}/.well-known/jwks.json"))
    reader = await aiohttp_client(make_reader(redis_url, url), cookie_jar=DummyCookieJar())
    newcomers = [await auth.newcomer() for _ in range(PEOPLE)]
    people = [Person(auth, reader, one["refresh_token"]) for one in newcomers]
    working = [asyncio.create_task(person.work()) for person in people]
    for _ in range(ROTATIONS):
        finished = await run_command(settings, "rotate-keys")
        assert finished.code == 0, finished.err
        new = finished.out.split()[-1]
        await db.execute(PASS_TIME, NOTICE)
        await until_signed_by(people, new, working)
        await db.execute(PASS_TIME, RETIRE_AFTER - NOTICE)
        await asyncio.sleep(0.5)
    assert not any(task.done() for task in working)
    for task in working:
        task.cancel()
    await asyncio.gather(*working, return_exceptions=True)
    statuses = sum((person.statuses for person in people), Counter[int]())
    tell(rotations=ROTATIONS, requests=statuses.total(), refused=statuses[401])
    assert set(statuses) == {200}
    assert statuses.total() > 500
    left = await db.fetchval(
        "SELECT count(*) FROM auth.signing_keys WHERE retired_at IS NULL OR retired_at > now()"
    )
    assert left == 1
