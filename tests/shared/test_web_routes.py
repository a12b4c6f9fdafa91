"""The guard in front of a handler: who, then where, then what."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from shared.web.reply import reply
from shared.web.route import PUBLIC, Route
from shared.web.streams import Happening, stream_events
from tests.shared.small_app import bearer, small_app
from tests.world.calm import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from aiohttp import web
    from aiohttp.test_utils import TestClient
    from pytest_aiohttp import AiohttpClient

API = "/test/api/v1"
THING = UUID("3f1c0e6e-6f0a-4a7e-9d7e-0c8f5a1b2c3d")


@pytest.fixture
async def client(aiohttp_client: AiohttpClient) -> TestClient[Any, Any]:
    return await aiohttp_client(small_app())


async def test_id_and_number_of_the_path_are_typed(client: TestClient[Any, Any]) -> None:
    async with client.get(f"{API}/things/{THING}/versions/12") as answer:
        assert await answer.json() == {"id": str(THING), "number": 12}


@pytest.mark.parametrize(
    "path",
    [
        "/things/1",
        "/things/zz",
        "/things/%00",
        f"/things/{THING}x",
        f"/things/{THING.hex}",
        f"/things/{THING}/versions/0",
        f"/things/{THING}/versions/-1",
        f"/things/{THING}/versions/1e3",
        f"/things/{THING}/versions/{'9' * 30}",
        f"/things/{THING}/versions/١",
        "/s/a%00b",
        "/s/a/b",
        "/s/",
    ],
)
async def test_path_that_fits_nothing_is_404(client: TestClient[Any, Any], path: str) -> None:
    async with client.get(f"{API}{path}") as answer:
        assert answer.status == 404
        assert (await answer.json(content_type=None))["code"] == "NOT_FOUND"


async def test_without_token_it_is_401_before_the_body_is_looked_at(
    client: TestClient[Any, Any],
) -> None:
    async with client.post(f"{API}/secured", data=b"{") as answer:
        assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


async def test_without_permission_it_is_403(client: TestClient[Any, Any]) -> None:
    async with client.post(f"{API}/secured", data=b"{", headers=bearer("things.view")) as answer:
        assert answer.status == 403
        assert (await answer.json(content_type=None))["code"] == "PERMISSION_DENIED"


async def test_with_permission_it_is_done(client: TestClient[Any, Any]) -> None:
    headers = bearer("things.create")
    async with client.post(f"{API}/secured", json={"name": "x"}, headers=headers) as answer:
        assert answer.status == 200


async def test_signed_in_needs_no_permission(client: TestClient[Any, Any]) -> None:
    async with client.get(f"{API}/me", headers=bearer()) as answer:
        assert (await answer.json())["username"] == "anna"


async def test_nothing_is_answered_with_nothing(client: TestClient[Any, Any]) -> None:
    async with client.delete(f"{API}/things/{THING}", headers=bearer("things.delete")) as answer:
        assert (answer.status, await answer.read()) == (204, b"")


async def test_status_is_that_of_the_row_unless_the_handler_names_another(
    aiohttp_client: AiohttpClient,
) -> None:
    async def make(request: web.Request) -> web.Response:
        return reply({}, status=200 if "there" in request.query else None)

    row = Route("POST", "/made", make, PUBLIC, status=201, other_statuses=(200,))
    client = await aiohttp_client(small_app([row]))
    for query, status in (("", 201), ("?there", 200)):
        async with client.post(f"{API}/made{query}") as answer:
            assert answer.status == status


@pytest.mark.parametrize("path", ["/things", f"/things/{THING}", "/missing", "/me", "/moved"])
async def test_head_is_get_without_a_body(client: TestClient[Any, Any], path: str) -> None:
    async with client.get(f"{API}{path}", allow_redirects=False) as full:
        size = len(await full.read())
    async with client.head(f"{API}{path}", allow_redirects=False) as answer:
        assert (answer.status, await answer.read()) == (full.status, b"")
        assert int(answer.headers["Content-Length"]) == size
        assert answer.content_type == full.content_type


async def test_head_of_a_stream_does_not_wait_for_its_end(aiohttp_client: AiohttpClient) -> None:
    async def never() -> AsyncGenerator[Happening, None]:
        await asyncio.Event().wait()
        yield Happening("never", None)

    async def live(request: web.Request) -> web.StreamResponse:
        return await stream_events(request, never())

    client = await aiohttp_client(small_app([Route("GET", "/live", live, PUBLIC)]))
    async with asyncio.timeout(PATIENCE_SECONDS), client.head(f"{API}/live") as answer:
        assert (answer.status, answer.content_type) == (200, "text/event-stream")
