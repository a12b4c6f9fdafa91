"""Clocks of our own hosts may differ a little; when it is too much, that is what is said."""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import REGISTRY

from shared.tokens.jwks import fetch_keys
from tests.shared.small_app import KEY, small_app, token

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp.test_utils import TestServer
    from pytest_aiohttp import AiohttpClient

ME = "/test/api/v1/me"


async def ask(aiohttp_client: AiohttpClient, **times: int) -> tuple[int, dict[str, Any]]:
    """Call with a token of such times, in seconds from now."""
    now = int(time.time())
    client = await aiohttp_client(small_app())
    claims: dict[str, Any] = {name: now + seconds for name, seconds in times.items()}
    headers = {"Authorization": f"Bearer {token(**claims)}"}
    async with client.get(ME, headers=headers) as answer:
        return answer.status, await answer.json(content_type=None)


@pytest.mark.parametrize("ahead", [3, 30, 58])
async def test_who_signs_may_be_ahead(aiohttp_client: AiohttpClient, ahead: int) -> None:
    status, _ = await ask(aiohttp_client, iat=ahead, exp=ahead + 600)
    assert status == 200


async def test_too_far_ahead_is_no_fault_of_the_caller(aiohttp_client: AiohttpClient) -> None:
    status, problem = await ask(aiohttp_client, iat=90, exp=690)
    assert (status, problem["code"]) == (503, "CLOCKS_DIFFER")
    assert problem["retry_after_seconds"] > 0


@pytest.mark.parametrize(
    "times", [{"iat": 0, "exp": 601}, {"iat": 20, "exp": 10}, {"iat": 10**9, "exp": 10**9 + 601}]
)
async def test_a_life_that_is_none_of_ours_is_refused(
    aiohttp_client: AiohttpClient, times: dict[str, int]
) -> None:
    status, problem = await ask(aiohttp_client, **times)
    assert (status, problem["code"]) == (401, "NOT_AUTHENTICATED")


async def test_an_expired_token_gets_no_such_grace(aiohttp_client: AiohttpClient) -> None:
    status, problem = await ask(aiohttp_client, iat=-600, exp=-5)
    assert (status, problem["code"]) == (401, "TOKEN_EXPIRED")


@pytest.mark.parametrize("skew", [0, 100, -3600])
async def test_the_difference_is_measured(
    aiohttp_server: Callable[..., Awaitable[TestServer]], skew: int
) -> None:
    async def keys(_: web.Request) -> web.Response:
        headers = {"Date": formatdate(time.time() + skew, usegmt=True)}
        jwk = KEY.export_public(as_dict=True)
        return web.json_response({"keys": [jwk]}, headers=headers)

    app = web.Application()
    app.router.add_get("/keys", keys)
    server = await aiohttp_server(app)
    async with aiohttp.ClientSession() as session:
        await fetch_keys(session, str(server.make_url("/keys")))
    measured = REGISTRY.get_sample_value("meridian_clock_skew_seconds")
    assert measured is not None
    assert abs(measured - skew) < 2
