"""What HTTP and Python can hold, and UTF-8 or PostgreSQL cannot, is refused and breaks nothing."""

from __future__ import annotations

import base64
import itertools
from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.contract.documents import ROUTES, path_of
from tests.contract.raw import ask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contract.conftest import Services

UUID = '"5b6e4b52-3c7f-4b52-9c1d-8f3f6b2f9a10"'
PARTS = (
    '"0001-01-01T00:00:00+14:00"',
    '"9999-12-31T23:59:59.999999-14:00"',
    '"0001-01-01T00:00:00Z"',
    '"-infinity"',
    "9223372036854775807",
    "-9223372036854775808",
    "1e400",
    '"\\ud800"',
    '"\\u0000"',
    UUID,
    "null",
)
LISTS = {
    service: [route for route in routes if route.query and "cursor" in route.query().fields]
    for service, routes in ROUTES.items()
}
# Not UTF-8; aiohttp hands it on as halves of surrogate pairs.
ODD = "\udcff\udcfe"
ODD_PATHS = ("%ff%fe", "%ed%a0%80", "%00", "%c0%af", "%f4%90%80%80")
HEADERS = (
    *("Authorization", "Cookie", "Idempotency-Key", "If-Match", "Origin", "Sec-Fetch-Site"),
    *("User-Agent", "X-Fake-IP", "X-Forwarded-For", "X-Link-Pass", "X-Request-ID"),
    *("Accept", "Accept-Language", "Content-Encoding", "Content-Type", "Host", "Last-Event-ID"),
)


def cursors() -> Iterator[str]:
    for size in (1, 2, 3):
        for parts in itertools.product(PARTS, repeat=size):
            if size < 3 or parts[-1] == UUID:
                packed = base64.urlsafe_b64encode(f"[{','.join(parts)}]".encode())
                yield packed.rstrip(b"=").decode()


@pytest.mark.parametrize("service", LISTS)
async def test_forged_cursor_is_refused(services: Services, service: str) -> None:
    headers = {"Authorization": f"Bearer {services.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for route, cursor in itertools.product(LISTS[service], cursors()):
            url = services[service].make_url(f"{path_of(service, route)}?cursor={cursor}")
            async with session.get(url) as answer:
                told = (route.path, base64.urlsafe_b64decode(f"{cursor}==="), await answer.text())
                assert answer.status in {200, 400, 404, 422}, told


@pytest.mark.parametrize("service", ROUTES)
async def test_headers_that_are_no_text_break_nothing(services: Services, service: str) -> None:
    token = f"Authorization: Bearer {services.token}"
    for route in ROUTES[service]:
        if route.answer == "text/event-stream":
            continue
        for header in HEADERS:
            value = {"Cookie": f"meridian_refresh={ODD}; meridian_device={ODD}"}.get(header, ODD)
            value = {"Authorization": f"Bearer {ODD}"}.get(header, value)
            lines = [f"{route.method} {path_of(service, route)} HTTP/1.1", f"{header}: {value}"]
            if header != "Authorization":
                lines.append(token)
            body = b"{}" if route.body else b""
            head = "\r\n".join((*lines, f"Content-Length: {len(body)}"))
            status, answer = await ask(services[service], head, body)
            assert status < 500 or status == 503, (lines, answer)
            assert b"UNAVAILABLE" in answer if status == 503 else True, (lines, answer)


@pytest.mark.parametrize("service", ROUTES)
async def test_paths_that_are_no_text_are_not_found(services: Services, service: str) -> None:
    for route, given, odd in itertools.product(ROUTES[service], ("silent", "t" * 43), ODD_PATHS):
        path = path_of(service, route)
        if given in path:
            head = f"{route.method} {path.replace(given, odd)} HTTP/1.1"
            status, answer = await ask(services[service], head)
            # What an empty body lacks may be told first: it says nothing about the thing.
            lacks_fields = {422} if route.body else set()
            assert status in {401, 404, *lacks_fields}, (head, answer)
