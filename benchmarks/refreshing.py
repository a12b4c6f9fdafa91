"""How quickly sessions are renewed; a refresh token is good once, so every request has its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from benchmarks.asking import CLIENTS, LOGIN_CLIENTS
from benchmarks.figures import Figure
from benchmarks.load import BenchmarkError, Load, http_request, put_load

if TYPE_CHECKING:
    from benchmarks.bench import Bench

SESSIONS: Final = 160
OK: Final = 200


async def measure_refreshing(bench: Bench) -> Figure:
    """Open sessions, and renew each of them once."""
    url = f"{bench.own_address('auth')}/refresh"
    door = asyncio.Semaphore(LOGIN_CLIENTS)
    tokens = await asyncio.gather(*(_open_session(bench, door) for _ in range(SESSIONS)))
    requests = [http_request("POST", url, {}, f'{{"refresh_token": "{one}"}}') for one in tokens]
    outcome = await put_load(requests, Load(CLIENTS, None), bench.pids, OK)
    return Figure(
        name="refresh",
        value=outcome.per_second,
        unit="/s",
        p50=outcome.p50,
        p99=outcome.p99,
        cpu_ms=outcome.cpu_ms,
    )


async def _open_session(bench: Bench, door: asyncio.Semaphore) -> str:
    account = bench.account
    body = {"username": account.username, "password": account.password}
    url = f"{bench.own_address('auth')}/login"
    async with door, bench.caller.client.post(url, json=body) as answer:
        if answer.status != OK:
            raise BenchmarkError(f"a log-in was refused: {answer.status}")
        token: str = (await answer.json())["refresh_token"]
        return token
