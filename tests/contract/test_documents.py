"""The OpenAPI documents of the services: valid, and silent about nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.contract.documents import FOLDER, ROUTES, make_document, written

if TYPE_CHECKING:
    from collections.abc import Iterator

WITHOUT_BODY = {"204", "302"}


@pytest.fixture(params=ROUTES)
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    return make_document(request.param)


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


@pytest.mark.parametrize("service", ROUTES)
def test_page_knows_the_document_of_today(service: str) -> None:
    assert (FOLDER / f"{service}.json").read_bytes() == written(service), "run: make api-types"
