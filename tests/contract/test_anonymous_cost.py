"""What somebody without a token can make us do is little, whatever they send.

Time says nothing on a busy machine, so calls of functions are counted, and bytes.
"""

from __future__ import annotations

import itertools
import sys
import unicodedata
from typing import TYPE_CHECKING, Any, Self

import orjson
import pytest
from marshmallow import fields

from services.storage.hooks.handlers import LARGEST_HINT
from shared.web.access import PUBLIC, Guard
from shared.web.oversized import longest_of
from tests.contract.documents import ROUTES, path_of
from tests.contract.raw import ask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marshmallow import Schema

    from shared.web.route import Route
    from tests.contract.conftest import Services

MOST_CALLS = 40_000  # about 10 ms
LARGEST_ANSWER = 16 * 1024
LONGEST_NORMALISED = 5000
MOST_ERRORS = 20
HOSTILE_QUERIES = ("&".join(f"{one:x}" for one in range(1600)), "a&" * 4000, "limit=" + "9" * 8000)

OPEN = {
    service: [
        route
        for route in routes
        if route.permission is PUBLIC or isinstance(route.permission, Guard)
    ]
    for service, routes in ROUTES.items()
}
OPEN_SERVICES = [service for service, routes in OPEN.items() if routes]
CLOSED = {
    service: [route for route in routes if route.permission is not PUBLIC]
    for service, routes in ROUTES.items()
}


class Effort:
    """Counts calls, and the longest text that was normalised."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls = 0
        self.longest = 0
        self.normalize = unicodedata.normalize
        # Wherever it was imported by its name, too.
        for module in list(sys.modules.values()):
            if vars(module).get("normalize") is self.normalize:
                monkeypatch.setattr(module, "normalize", self.note)

    def note(self, form: Any, text: str) -> str:
        self.longest = max(self.longest, len(text))
        return self.normalize(form, text)

    def count(self, _frame: object, event: str, _what: object) -> None:
        self.calls += event in {"call", "c_call"}

    def __enter__(self) -> Self:
        self.calls = self.longest = 0
        sys.setprofile(self.count)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)


def hostile_values(size: int) -> Iterator[bytes]:
    """JSON that is much work for who loads it carelessly."""
    yield b"[" + b",".join([b"{}"] * (size // 3 - 2)) + b"]"
    yield b"[" + b",".join([b"1"] * (size // 2 - 2)) + b"]"
    yield b"[" + b",".join([b'"a"'] * (size // 4 - 2)) + b',"\\u0000"]'
    yield b'{"s3":' * 900 + b"1" + b"}" * 900
    yield b"[" * 900 + b",".join([b'"a"'] * (size // 4 - 1800)) + b',"\\u0000"' + b"]" * 900
    yield b"{" + b",".join(b'"%d":1' % one for one in range(size // 10)) + b"}"
    for text in ("a", "\ufdfa", "\u0300\u0323", "1", "a@", "\\u0000"):
        yield b'"' + text.encode() * (size // len(text.encode()) - 2) + b'"'


def hostile_bodies(schema: type[Schema], size: int) -> Iterator[bytes]:
    """Put each of them into each field, and around the whole."""
    room = size - 200
    yield from hostile_values(room)
    for name, field in schema().load_fields.items():
        key = (field.data_key or name).encode()
        for value in hostile_values(room):
            yield b'{"%b":%b}' % (key, value)
        if isinstance(field, fields.List):
            for value in hostile_values(room):
                yield b'{"%b":[%b]}' % (key, value)
            # As many as are taken, each of them wrong.
            for item in (b"{}", b"1", b'""'):
                yield b'{"%b":[%b]}' % (key, b",".join([item] * (longest_of(field) or 1)))


@pytest.mark.parametrize(
    ("service", "route"),
    [
        pytest.param(service, route, id=f"{service} {route.method} {route.path}")
        for service, routes in OPEN.items()
        for route in routes
    ],
)
async def test_a_hostile_request_costs_little(
    services: Services,
    service: str,
    route: Route,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server, effort = services[service], Effort(monkeypatch)
    head = f"{route.method} {path_of(service, route)} HTTP/1.1"
    limit = 64 * 1024
    for body in hostile_bodies(route.body, limit) if route.body else (b"x" * limit,):
        with effort:
            status, answer = await ask(server, f"{head}\r\nContent-Length: {len(body)}", body)
        shown = (body[:60], status, answer[:200])
        assert status < 500, shown
        assert effort.calls < MOST_CALLS, shown
        assert effort.longest < LONGEST_NORMALISED, shown
        assert len(answer) < LARGEST_ANSWER, shown
        if status == 422:
            assert 1 <= len(orjson.loads(answer)["errors"]) <= MOST_ERRORS


async def test_a_hint_of_many_objects_costs_little(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = (
        '{"eventName":"ObjectCreated:","s3":{"bucket":{"name":"meridian"},"object":{"key":"%d"}}}'
    )
    records = ",".join(record % one for one in range((LARGEST_HINT - 20) // (len(record) + 2)))
    body, effort = f'{{"Records":[{records}]}}'.encode(), Effort(monkeypatch)
    head = "POST /storage/api/v1/hooks/s3/silent HTTP/1.1"
    with effort:
        status, _ = await ask(services["storage"], f"{head}\r\nContent-Length: {len(body)}", body)
    assert status == 204
    assert effort.calls < MOST_CALLS, effort.calls


@pytest.mark.parametrize("service", OPEN_SERVICES)
async def test_a_hostile_query_costs_little(
    services: Services, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    effort = Effort(monkeypatch)
    for route, query in itertools.product(OPEN[service], HOSTILE_QUERIES):
        head = f"{route.method} {path_of(service, route)}"
        with effort:
            status, answer = await ask(services[service], f"{head}?{query} HTTP/1.1")
        assert status < 500, head
        assert effort.calls < MOST_CALLS, (head, query[:60], status)
        assert len(answer) < LARGEST_ANSWER, head


@pytest.mark.parametrize("service", OPEN_SERVICES)
async def test_a_body_above_the_limit_is_refused_by_its_length(
    services: Services, service: str
) -> None:
    for route in OPEN[service]:
        head = f"{route.method} {path_of(service, route)} HTTP/1.1"
        if route.body:
            # Not a byte of it is sent, so whoever waits for it does not answer.
            sent = f"{head}\r\nContent-Length: {2**20 + 1}"
            status, answer = await ask(services[service], sent)
            assert (status, orjson.loads(answer)["code"]) == (413, "BODY_TOO_LARGE"), head
            assert orjson.loads(answer)["limit"] <= 64 * 1024


@pytest.mark.parametrize("service", ROUTES)
async def test_who_may_not_call_is_refused_before_the_body_arrives(
    services: Services, service: str
) -> None:
    for route in CLOSED[service]:
        path = path_of(service, route).replace("silent", "nobody")
        head = f"{route.method} {path} HTTP/1.1\r\nContent-Length: 1000"
        for token in ("", "\r\nAuthorization: Bearer x", "\r\nAuthorization: Bearer \udcff\udcfe"):
            status, answer = await ask(services[service], f"{head}{token}")
            assert (status, orjson.loads(answer)["code"]) == (401, "NOT_AUTHENTICATED"), head


def test_routes_of_both_kinds_were_found() -> None:
    assert len(OPEN["auth"]) > 5
    assert len(OPEN["storage"]) > 5
    assert len(CLOSED["auth"]) > 5
    assert len(CLOSED["storage"]) > 10
