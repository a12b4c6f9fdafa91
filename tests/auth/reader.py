"""Another service, which verifies tokens by itself, and how soon it knows that one is no good."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from shared.web.app import make_app
from shared.web.auth import verify_by_url
from shared.web.identity import identity_of
from shared.web.reply import reply
from shared.web.revocations import follow_revocations
from shared.web.route import SIGNED_IN, Route
from tests.auth.conftest import PUBLIC_URL, bearer
from tests.world.calm import calm_clock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    from shared.db import Pool
    from tests.auth.conftest import Client

AGE_PROOFS = "UPDATE auth.sessions SET proved_at = now() - interval '15 minutes 1 second'"
# What the audit says of one thing.
AUDIT = "SELECT * FROM auth.audit WHERE object_id = $1 ORDER BY number"
# How many wait for a lock that somebody else holds.
WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND datname = current_database()
"""


async def until_waiting(db: Pool, count: int = 1) -> None:
    """Wait until so many wait for a lock."""
    async with asyncio.timeout(20):
        while await db.fetchval(WAITING) < count:
            await asyncio.sleep(0.02)


async def whoami(request: web.Request) -> web.Response:
    """Say who calls."""
    return reply({"username": identity_of(request).username})


def make_reader(redis_url: str, jwks_url: str) -> web.Application:
    """The service; it has the published keys, and hears what was revoked."""
    return make_app(
        service="reader",
        prefix="/reader/api",
        routes=(Route("GET", "/whoami", whoami, SIGNED_IN),),
        contexts=(follow_revocations(redis_url), verify_by_url(jwks_url, PUBLIC_URL)),
    )


async def status_at(reader: Client, token: str) -> int:
    """What it answers to a token."""
    async with reader.get("/reader/api/v1/whoami", headers=bearer(token)) as answer:
        return answer.status


async def seconds_until_refused(ask: Callable[[], Awaitable[int]]) -> float:
    """How long the answer is still 200."""
    with calm_clock() as passed:
        async with asyncio.timeout(15):
            while await ask() == 200:
                await asyncio.sleep(0.005)
        return passed()
