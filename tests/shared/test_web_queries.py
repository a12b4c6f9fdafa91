"""Query parameters, pages and cursors, wrong ones included."""

from __future__ import annotations

import base64
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest

from shared.web.paging import encode_cursor
from tests.shared.small_app import USER, small_app

if TYPE_CHECKING:
    from aiohttp.test_utils import TestClient
    from pytest_aiohttp import AiohttpClient

THINGS = "/test/api/v1/things"
TYPED = "/test/api/v1/typed"
MOMENT = "2026-11-22T10:00:00.123456Z"


@pytest.fixture
async def client(aiohttp_client: AiohttpClient) -> TestClient[Any, Any]:
    return await aiohttp_client(small_app())


async def test_pages_follow_each_other_to_the_end(client: TestClient[Any, Any]) -> None:
    seen: list[int] = []
    query = {"limit": "120"}
    while True:
        async with client.get(THINGS, params=query) as answer:
            page = await answer.json()
        seen += page["items"]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert seen == list(range(300))


async def test_fifty_items_unless_told(client: TestClient[Any, Any]) -> None:
    async with client.get(THINGS) as answer:
        assert len((await answer.json())["items"]) == 50


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=-5", "limit"),
        ("limit=ten", "limit"),
        ("limit=", "limit"),
        ("limit=1.5", "limit"),
        ("limit=" + "9" * 5000, "limit"),
        ("limit=5&limit=6", "limit"),
        ("q=a&q=a", "q"),
        ("colour=red", "colour"),
        ("q=%00", "q"),
        ("q%00=1", "q\ufffd"),
    ],
    ids=lambda given: given[:20],
)
async def test_wrong_parameters_are_422(
    client: TestClient[Any, Any], query: str, field: str
) -> None:
    async with client.get(f"{THINGS}?{query}") as answer:
        problem = await answer.json(content_type=None)
        assert (answer.status, problem["code"]) == (422, "VALIDATION_FAILED")
        assert list(problem["errors"]) == [field]


async def test_list_parameter_may_repeat(client: TestClient[Any, Any]) -> None:
    async with client.get(f"{THINGS}?state=a&state=b") as answer:
        assert answer.status == 200


async def test_bytes_that_are_no_utf8_do_no_harm(client: TestClient[Any, Any]) -> None:
    async with client.get(f"{THINGS}?q=%ED%A0%80%FF") as answer:
        assert answer.status == 200
        (await answer.json())["q"].encode()


async def test_texts_are_normalised_as_stored_ones_are(client: TestClient[Any, Any]) -> None:
    decomposed = unicodedata.normalize("NFD", "отчёт й é 한")
    async with client.get(THINGS, params={"q": decomposed}) as answer:
        assert (await answer.json())["q"] == unicodedata.normalize("NFC", decomposed) != decomposed


async def test_cursor_comes_back_with_its_types(client: TestClient[Any, Any]) -> None:
    cursor = encode_cursor("ж", MOMENT, USER)
    async with client.get(TYPED, params={"cursor": cursor}) as answer:
        assert await answer.json() == ["ж", MOMENT, str(USER)]


def packed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "!",
        "a",
        "ж",
        "=" * 9,
        "a" * 4000,
        packed("{"),
        packed("null"),
        packed("5"),
        packed("{}"),
        packed("[]"),
        packed(f'["a","{MOMENT}","{USER}","more"]'),
        packed(f'[5,"{MOMENT}","{USER}"]'),
        packed(f'["\\u0000","{MOMENT}","{USER}"]'),
        packed(f'["a",5,"{USER}"]'),
        packed(f'["a","2026-11-22T10:00:00","{USER}"]'),
        packed(f'["a","{MOMENT}",5]'),
        packed(f'["a","{MOMENT}",null]'),
        packed(f'["a","{MOMENT}","zz"]'),
        packed(f'["a","{MOMENT}",[["{USER}"]]]'),
        packed("[" * 3000),
    ],
)
async def test_forged_cursor_is_400(client: TestClient[Any, Any], cursor: str) -> None:
    async with client.get(TYPED, params={"cursor": cursor}) as answer:
        problem = await answer.json(content_type=None)
        assert (answer.status, problem["code"]) == (400, "BAD_CURSOR")


@pytest.mark.parametrize("part", ["true", "1.0", "9223372036854775808", "1e30", '"1"', "null"])
async def test_cursor_number_must_fit_the_database(client: TestClient[Any, Any], part: str) -> None:
    async with client.get(THINGS, params={"cursor": packed(f"[{part}]")}) as answer:
        assert (await answer.json(content_type=None))["code"] == "BAD_CURSOR"
