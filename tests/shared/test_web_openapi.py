"""The document: OpenAPI 3.1 that a validator accepts, complete, and a page that shows it."""

from __future__ import annotations

import re
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from shared.web.openapi import DOCUMENT
from shared.web.paging import PageQuery
from shared.web.route import PUBLIC, SIGNED_IN, Route
from tests.shared.small_app import ThingSchema, create, listing, small_app

if TYPE_CHECKING:
    from aiohttp.test_utils import TestClient
    from pytest_aiohttp import AiohttpClient

API = "/test/api/v1"


@pytest.fixture
async def client(aiohttp_client: AiohttpClient) -> TestClient[Any, Any]:
    return await aiohttp_client(small_app())


@pytest.fixture
def document() -> dict[str, Any]:
    made: dict[str, Any] = orjson.loads(small_app()[DOCUMENT].read())
    return made


def codes(operation: dict[str, Any], status: int) -> list[str]:
    """List the codes that an operation may refuse with under a status."""
    content = operation["responses"][str(status)]["content"]["application/problem+json"]
    found: list[str] = content["schema"]["allOf"][1]["properties"]["code"]["enum"]
    return found


def test_document_is_valid(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(document).validate()


def test_making_it_warns_of_nothing_and_does_not_change() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert small_app()[DOCUMENT].read() == small_app()[DOCUMENT].read()


def test_every_route_is_described_and_head_is_not(document: dict[str, Any]) -> None:
    assert sorted(document["paths"]) == [
        f"{API}{path}"
        for path in (
            "/broken",
            "/hints",
            "/me",
            "/missing",
            "/moved",
            "/s/{token}",
            "/secured",
            "/things",
            "/things/{id}",
            "/things/{thing_id}/versions/{number}",
            "/typed",
        )
    ]
    assert sorted(document["paths"][f"{API}/things"]) == ["get", "post"]


def test_words_come_from_the_handler(document: dict[str, Any]) -> None:
    operation = document["paths"][f"{API}/things"]["post"]
    assert operation["summary"] == "Make a thing"
    assert operation["description"] == "It is not kept."
    assert operation["operationId"] == "shared_create"
    assert operation["tags"] == ["shared"]


def test_body_and_answer_have_schemas(document: dict[str, Any]) -> None:
    operation = document["paths"][f"{API}/things"]["post"]
    thing = {"$ref": "#/components/schemas/Thing"}
    assert operation["requestBody"] == {
        "required": True,
        "content": {"application/json": {"schema": thing}},
    }
    assert operation["responses"]["201"]["content"]["application/json"]["schema"] == thing
    assert document["components"]["schemas"]["Thing"]["required"] == ["name"]


def test_page_lists_the_item(document: dict[str, Any]) -> None:
    page = document["components"]["schemas"]["ThingPage"]
    assert page["properties"]["items"]["items"] == {"$ref": "#/components/schemas/Thing"}
    assert page["properties"]["next"]["type"] == ["string", "null"]
    assert sorted(page["required"]) == ["items", "next"]


def test_parameters_are_typed(document: dict[str, Any]) -> None:
    path = document["paths"][f"{API}/things/{{thing_id}}/versions/{{number}}"]["get"]["parameters"]
    assert [(one["name"], one["schema"]) for one in path] == [
        ("thing_id", {"type": "string", "format": "uuid"}),
        ("number", {"type": "integer", "minimum": 1, "maximum": 999_999_999}),
    ]
    query = document["paths"][f"{API}/things"]["get"]["parameters"]
    limit = next(one for one in query if one["name"] == "limit")
    assert limit["schema"] == {"type": "integer", "default": 50, "minimum": 1, "maximum": 200}


def test_errors_follow_from_the_row(document: dict[str, Any]) -> None:
    secured = document["paths"][f"{API}/secured"]["post"]
    assert " ".join(sorted(secured["responses"])) == "200 400 401 403 408 409 413 415 422 500 503"
    assert codes(secured, 403) == ["PERMISSION_DENIED"]
    assert codes(secured, 409) == ["FILE_EXISTS"]
    assert "Retry-After" in secured["responses"]["503"]["headers"]
    assert "Permission: `things.create`" in secured["description"]
    assert codes(document["paths"][f"{API}/things"]["get"], 400) == ["BAD_CURSOR"]
    assert codes(document["paths"][f"{API}/things/{{id}}"]["get"], 404) == [
        "FILE_NOT_FOUND",
        "NOT_FOUND",
    ]


def test_bearer_is_asked_where_it_is_needed(document: dict[str, Any]) -> None:
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert document["paths"][f"{API}/me"]["get"]["security"] == [{"bearer": []}]
    assert document["paths"][f"{API}/things"]["get"]["security"] == []
    assert "401" not in document["paths"][f"{API}/things"]["get"]["responses"]


def test_same_handler_twice_is_found_by_the_validator() -> None:
    rows = [Route(way, "/twice", create, PUBLIC, body=ThingSchema) for way in ("POST", "PUT")]
    twice = orjson.loads(small_app(rows)[DOCUMENT].read())
    with pytest.raises(Exception, match="not unique"):
        OpenAPIV31SpecValidator(twice).validate()


def test_stream_is_described_by_its_media_type() -> None:
    rows = [Route("GET", "/live", listing, SIGNED_IN, answer="text/event-stream", query=PageQuery)]
    live = orjson.loads(small_app(rows)[DOCUMENT].read())["paths"][f"{API}/live"]["get"]
    assert list(live["responses"]["200"]["content"]) == ["text/event-stream"]


def test_every_success_is_described() -> None:
    row = Route("POST", "/made", create, PUBLIC, answer=ThingSchema, status=201)
    row = replace(row, other_statuses=(200,))
    made = orjson.loads(small_app([row])[DOCUMENT].read())["paths"][f"{API}/made"]["post"][
        "responses"
    ]
    assert made["200"]["content"] == made["201"]["content"]


async def test_document_is_served(client: TestClient[Any, Any], document: dict[str, Any]) -> None:
    async with client.get("/test/api/openapi.json") as answer:
        assert answer.content_type == "application/json"
        assert await answer.json() == document


async def test_page_works_without_the_internet(client: TestClient[Any, Any]) -> None:
    async with client.get("/test/api/doc") as answer:
        page = await answer.text()
        policy = answer.headers["Content-Security-Policy"]
    assert 'url: "/test/api/openapi.json"' in page
    assert "persistAuthorization: true" in page
    assert "default-src 'none'" in policy
    assets = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(assets) > 4
    for asset in assets:
        assert asset.startswith("/test/api/doc/static/")
        async with client.get(asset) as answer:
            assert answer.status == 200
            assert "no-store" not in answer.headers["Cache-Control"]
