"""The OpenAPI documents of the services: valid, and silent about nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from services.auth.app import ROUTES as AUTH_ROUTES
from services.storage.app import ROUTES as STORAGE_ROUTES
from shared.web.app import make_app
from shared.web.openapi import DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUTES = {"auth": AUTH_ROUTES, "storage": STORAGE_ROUTES}
WITHOUT_BODY = {"204", "302"}


@pytest.fixture(params=ROUTES)
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    service: str = request.param
    app = make_app(service=service, prefix=f"/{service}/api", routes=ROUTES[service])
    made: dict[str, Any] = orjson.loads(app[DOCUMENT])
    return made


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def test_document_is_valid(document: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(document).validate()


def test_every_operation_says_what_it_does(document: dict[str, Any]) -> None:
    assert not [name for name, operation in operations(document) if not operation["summary"]]


def test_every_answer_has_a_schema(document: dict[str, Any]) -> None:
    silent = [
        name
        for name, operation in operations(document)
        for status, answer in operation["responses"].items()
        if status not in WITHOUT_BODY and "content" not in answer
    ]
    assert not silent


def test_every_schema_says_what_is_always_there(document: dict[str, Any]) -> None:
    pages = [
        name
        for name, schema in document["components"]["schemas"].items()
        if "items" in schema.get("properties", {}) and "items" not in schema.get("required", ())
    ]
    assert not pages
