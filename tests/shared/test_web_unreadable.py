"""What aiohttp cannot read is refused like everything else, and quoted to nobody."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import orjson
import pytest
import pytest_asyncio
from aiohttp import web

from shared.web.runner import Runner
from tests.shared.small_app import small_app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SECRET = "the-cookie-of-another-app"
THINGS = "/test/api/v1/things"


@pytest_asyncio.fixture
async def port() -> AsyncIterator[int]:
    runner = Runner(small_app(), shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def ask(port: int, request: str) -> tuple[int, dict[str, str], bytes]:
    """Send a request as it is; tell status, headers and body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request.encode())
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode().splitlines()
    return int(status.split()[1]), dict(line.split(": ", 1) for line in lines), body


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        (f"GET {THINGS} HTTP/1.1\r\nCookie: {SECRET * 400}", 431, "HEADERS_TOO_LARGE"),
        (f"GET {THINGS} HTTP/1.1\r\n{SECRET * 400}: x", 431, "HEADERS_TOO_LARGE"),
        (f"GET {THINGS} HTTP/1.1" + f"\r\nX-A: {SECRET}" * 200, 431, "HEADERS_TOO_LARGE"),
        (f"GET {THINGS}?q={SECRET * 400} HTTP/1.1", 414, "URL_TOO_LONG"),
        (f"GET {THINGS} HTTP/1.1\r\nA b: {SECRET}", 400, "MALFORMED_REQUEST"),
        (f"{SECRET}", 400, "MALFORMED_REQUEST"),
        (f"GET {THINGS} HTTP/1.1\r\nContent-Length: {SECRET}", 400, "MALFORMED_REQUEST"),
        (f"GET {THINGS} HTTP/1.1\r\nHost: x\r\nHost: {SECRET}", 400, "MALFORMED_REQUEST"),
    ],
    ids=lambda given: str(given)[:70],
)
async def test_it_is_a_problem_that_quotes_nothing(
    port: int, request_: str, status: int, code: str, capfd: pytest.CaptureFixture[str]
) -> None:
    found, headers, body = await ask(port, f"{request_}\r\n\r\n")
    problem = orjson.loads(body)
    assert (found, problem["status"], problem["code"]) == (status, status, code)
    assert headers["Content-Type"].startswith("application/problem+json")
    assert headers["X-Request-ID"] == problem["request_id"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert SECRET not in body.decode()
    assert SECRET not in "".join(capfd.readouterr())


async def test_what_just_fits_is_taken(port: int) -> None:
    cookie = "c" * 8100
    found, _, _ = await ask(
        port, f"GET {THINGS} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: {cookie}\r\n\r\n"
    )
    assert found == 200
