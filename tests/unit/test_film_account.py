"""How long the films service leaves accounts alone when they refuse it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession, web

from examples.movies.family.account import Account, pause_after

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp.test_utils import TestServer


def test_it_asks_ever_more_rarely() -> None:
    pauses = [pause_after(refusals, None) for refusals in range(1, 2000)]
    assert pauses[:4] == [1, 2, 4, 8]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 64


@pytest.mark.parametrize(("refusals", "asked", "pause"), [(1, 47, 47), (7, 47, 64)])
def test_it_waits_as_long_as_it_is_told(refusals: int, asked: float, pause: float) -> None:
    assert pause_after(refusals, asked) == pause


async def test_an_answer_that_is_no_json_is_a_refusal_like_others(
    aiohttp_server: Callable[..., Awaitable[TestServer]],
) -> None:
    asked = asyncio.Event()

    async def refuse(_: web.Request) -> web.Response:
        asked.set()
        return web.Response(status=502, text="<h1>Bad Gateway</h1>", content_type="text/html")

    app = web.Application()
    app.router.add_post("/login", refuse)
    server = await aiohttp_server(app)
    async with ClientSession() as session:
        account = Account(session, str(server.make_url("")).rstrip("/"), "cinema", "password")
        keeping = asyncio.create_task(account.keep())
        for _ in range(2):
            async with asyncio.timeout(30):
                await asked.wait()
            asked.clear()
        assert not keeping.done()
        keeping.cancel()
