"""Server-sent events: sent as they happen, with a pulse, closed in time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from shared.web.route import PUBLIC, Route
from shared.web.streams import Happening, stream_events
from tests.shared.small_app import small_app
from tests.world.calm import PATIENCE_SECONDS, calm_clock

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from aiohttp import web
    from aiohttp.test_utils import TestClient
    from pytest_aiohttp import AiohttpClient

LIVE = "/test/api/v1/live"


class Source:
    """Happenings that a test makes, and whether anyone still listens."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Happening | None] = asyncio.Queue()
        self.closed = asyncio.Event()

    async def happenings(self) -> AsyncGenerator[Happening, None]:
        try:
            while happening := await self.queue.get():
                yield happening
        finally:
            self.closed.set()

    async def handler(self, request: web.Request) -> web.StreamResponse:
        return await stream_events(request, self.happenings(), heartbeat=0.1)


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
async def client(aiohttp_client: AiohttpClient, source: Source) -> TestClient[Any, Any]:
    return await aiohttp_client(small_app([Route("GET", "/live", source.handler, PUBLIC)]))


async def test_events_arrive_as_they_happen(client: TestClient[Any, Any], source: Source) -> None:
    source.queue.put_nowait(Happening("file.stored", {"name": "два\nстроки"}))
    source.queue.put_nowait(Happening("replica.ready", {"n": 1}))
    source.queue.put_nowait(None)
    async with client.get(LIVE) as answer:
        assert answer.content_type == "text/event-stream"
        text = await answer.text()
    assert text.startswith(": ")
    assert 'event: file.stored\ndata: {"name":"два\\nстроки"}\n\n' in text
    assert text.endswith('event: replica.ready\ndata: {"n":1}\n\n')
    assert source.closed.is_set()


async def test_pulse_while_nothing_happens(client: TestClient[Any, Any], source: Source) -> None:
    async with client.get(LIVE) as answer:
        for _ in range(3):
            assert await answer.content.readuntil(b"\n\n") == b": still here\n\n"
    assert source.queue.empty()


async def test_source_is_closed_when_the_client_leaves(
    client: TestClient[Any, Any], source: Source
) -> None:
    async with client.get(LIVE) as answer:
        await answer.content.readuntil(b"\n\n")
        answer.close()
    await asyncio.wait_for(source.closed.wait(), timeout=PATIENCE_SECONDS)


async def test_stream_ends_at_once_when_the_service_stops(
    client: TestClient[Any, Any], source: Source
) -> None:
    async with client.get(LIVE) as answer:
        await answer.content.readuntil(b"\n\n")
        with calm_clock() as passed:
            await client.server.close()
            await answer.read()
            assert passed() < 1
    assert source.closed.is_set()


async def test_fault_of_the_source_ends_the_stream(aiohttp_client: AiohttpClient) -> None:
    async def failing() -> AsyncGenerator[Happening, None]:
        yield Happening("one", 1)
        raise RuntimeError("the source broke")

    async def handler(request: web.Request) -> web.StreamResponse:
        return await stream_events(request, failing())

    client = await aiohttp_client(small_app([Route("GET", "/live", handler, PUBLIC)]))
    async with client.get(LIVE) as answer:
        text = await answer.content.readuntil(b"data: 1\n\n")
        with pytest.raises(Exception, match=r"payload|closed|disconnect"):
            text += await answer.content.read()
    assert b"INTERNAL" not in text
