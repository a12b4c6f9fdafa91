"""Every bad body has its own plain refusal."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING, Any

import pytest

from tests.shared.small_app import small_app
from tests.world.calm import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp.test_utils import TestClient
    from pytest_aiohttp import AiohttpClient

THINGS = "/test/api/v1/things"
JSON = {"Content-Type": "application/json"}
LIMIT = 64 * 1024


@pytest.fixture
async def client(aiohttp_client: AiohttpClient) -> TestClient[Any, Any]:
    return await aiohttp_client(small_app())


async def refused(
    client: TestClient[Any, Any], body: bytes, headers: dict[str, str] | None = None
) -> tuple[int, str, dict[str, list[str]]]:
    """Post a body; tell status, code and errors of the refusal."""
    async with client.post(THINGS, data=io.BytesIO(body), headers=headers or JSON) as answer:
        problem = await answer.json(content_type="application/problem+json")
        assert problem["status"] == answer.status
        assert problem["request_id"] == answer.headers["X-Request-ID"]
        return answer.status, problem["code"], problem.get("errors", {})


async def test_good_body_is_taken(client: TestClient[Any, Any]) -> None:
    async with client.post(THINGS, json={"name": "отчёт 📄", "size": 5}) as answer:
        assert answer.status == 201
        assert answer.content_type == "application/json"
        assert (await answer.json())["name"] == "отчёт 📄"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{'name': 'x'}",
        b'{"name": "x"} tail',
        b'{"name": NaN}',
        b'{"name": "\xff"}',
        b'{"name": "\\ud800"}',
        b'{"name": "raw \x00 nul"}',
        b"\xef\xbb\xbf{}",
        b'{"size": ' + b"9" * 5000 + b"}",
        b'{"size": 1e999}',
        b"[" * 60_000,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
    ],
    ids=lambda body: str(body[:24]),
)
async def test_broken_json_is_400(client: TestClient[Any, Any], body: bytes) -> None:
    assert (await refused(client, body))[:2] == (400, "MALFORMED_JSON")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{}", "name"),
        (b"", "name"),
        (b'{"name": 1}', "name"),
        (b'{"name": null}', "name"),
        (b'{"name": ""}', "name"),
        (b'{"name": "x", "size": "5"}', "size"),
        (b'{"name": "x", "size": 1.5}', "size"),
        (b'{"name": "x", "size": true}', "size"),
        (b'{"name": "x", "size": -1}', "size"),
        (b'{"name": "x", "size": 100000000000000000000}', "size"),
        (b'{"name": "x", "size": 9223372036854775808}', "size"),
        (b'{"name": "x", "colour": "red"}', "colour"),
        (b'{"name": "x", "parts": {}}', "parts"),
        (b'{"name": "x", "parts": [{"number": 1}, {"number": 0}]}', "parts.1.number"),
        (b'{"name": "x", "parts": [7]}', "parts.0"),
        (b'{"name": "x", "labels": {"a": 1}}', "labels.a.value"),
        (b'{"name": "nul \\u0000"}', "name"),
        (b'{"name": "x", "labels": {"a": "\\u0000"}}', "labels.a"),
        (b'{"name": "x", "labels": {"a\\u0000": "b"}}', "labels.a\ufffd"),
        (b"[]", "body"),
        (b'"text"', "body"),
        (b"null", "body"),
        (b"5", "body"),
        (b'"\\u0000"', "body"),
        (b"[" * 900 + b'"\\u0000"' + b"]" * 900, ".".join(["0"] * 900)),
    ],
    ids=lambda given: str(given)[:40],
)
async def test_wrong_fields_are_422(client: TestClient[Any, Any], body: bytes, field: str) -> None:
    status, code, errors = await refused(client, body)
    assert (status, code) == (422, "VALIDATION_FAILED")
    assert list(errors) == [field]
    assert all(isinstance(text, str) for text in errors[field])


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/jsonx"},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Content-Type": ""},
        {"Content-Type": "application/json", "Content-Encoding": "br"},
    ],
    ids=str,
)
async def test_other_media_are_415(client: TestClient[Any, Any], headers: dict[str, str]) -> None:
    assert (await refused(client, b'{"name": "x"}', headers))[:2] == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_absent_content_type_is_415(client: TestClient[Any, Any]) -> None:
    body = b'{"name": "x"}'
    async with client.post(THINGS, data=body, skip_auto_headers=["Content-Type"]) as answer:
        assert answer.status == 415


@pytest.mark.parametrize(
    "media",
    [
        "application/json; charset=UTF-8",
        'application/json; charset="utf-8"',
        "application/json ;\tcharset=utf-8",
        "application/json;",
        "Application/JSON",
        "application/merge-patch+json",
    ],
)
async def test_json_by_another_name_is_taken(client: TestClient[Any, Any], media: str) -> None:
    headers = {"Content-Type": media}
    async with client.post(THINGS, data=b'{"name": "x"}', headers=headers) as answer:
        assert answer.status == 201


async def test_absent_body_is_fine_where_nothing_is_required(client: TestClient[Any, Any]) -> None:
    async with client.post("/test/api/v1/hints") as answer:
        assert (answer.status, await answer.json()) == (200, {})


async def test_empty_chunked_body_counts_as_absent(client: TestClient[Any, Any]) -> None:
    async def nothing() -> AsyncIterator[bytes]:
        chunks: list[bytes] = []
        for chunk in chunks:
            yield chunk

    async with client.post("/test/api/v1/hints", data=nothing(), headers=JSON) as answer:
        assert (answer.status, await answer.json()) == (200, {})


async def test_body_of_a_route_without_one_is_ignored(client: TestClient[Any, Any]) -> None:
    async with client.get("/test/api/v1/s/abc", data=b"\xff", headers=JSON) as answer:
        assert answer.status == 200


async def test_largest_body_is_taken_and_one_byte_more_is_413(client: TestClient[Any, Any]) -> None:
    body = b'{"name": "x"}'
    async with client.post(THINGS, data=io.BytesIO(body.ljust(LIMIT)), headers=JSON) as answer:
        assert answer.status == 201
    padded = body.ljust(LIMIT + 1)
    assert (await refused(client, padded))[:2] == (413, "BODY_TOO_LARGE")


async def test_chunked_body_that_never_ends_is_413(client: TestClient[Any, Any]) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b" " * 65_536

    async with client.post(THINGS, data=endless(), headers=JSON) as answer:
        assert answer.status == 413
        assert (await answer.json(content_type=None))["code"] == "BODY_TOO_LARGE"


async def test_body_that_stops_arriving_is_408(
    client: TestClient[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.web.body.BODY_SECONDS", 0.2)
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(
        f"POST {THINGS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        "Content-Length: 100\r\n\r\n{".encode()
    )
    status = await asyncio.wait_for(reader.readline(), timeout=PATIENCE_SECONDS)
    assert b" 408 " in status
    writer.close()


async def test_broken_chunks_are_400(client: TestClient[Any, Any]) -> None:
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(
        f"POST {THINGS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\nzz\r\n".encode()
    )
    status = await asyncio.wait_for(reader.readline(), timeout=PATIENCE_SECONDS)
    assert b" 400 " in status
    writer.close()
