"""The OpenAPI documents of the services: valid, and silent about nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from marshmallow import Schema, fields
from openapi_spec_validator import OpenAPIV31SpecValidator

from shared.web.input_fields import Moment, Whole
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


def fields_of(schema: Schema) -> Iterator[fields.Field[Any]]:
    """All fields of a schema that takes something in, those of what it holds included."""
    for field in schema.load_fields.values():
        yield field
        yield from inner_fields(field)


def inner_fields(field: fields.Field[Any]) -> Iterator[fields.Field[Any]]:
    if isinstance(field, fields.Nested):
        yield from fields_of(field.schema)
    inner = getattr(field, "inner", None) or getattr(field, "value_field", None)
    if inner is not None:
        yield inner
        yield from inner_fields(inner)


TAKEN_IN = [
    (f"{route.method} {route.path} {field.name}", field)
    for routes in ROUTES.values()
    for route in routes
    for schema in (route.body, route.query)
    if schema
    for field in fields_of(schema())
]


def test_times_taken_in_exist_in_utc() -> None:
    """PostgreSQL is told times in UTC, where some others do not exist."""
    times = [(name, field) for name, field in TAKEN_IN if isinstance(field, fields.DateTime)]
    assert times
    assert not [name for name, field in times if not isinstance(field, Moment)]


def unbounded(document: dict[str, Any], piece: dict[str, Any], path: str) -> Iterator[str]:
    """Name what is taken in without a limit: whoever may send anything sends too much of it."""
    if "$ref" in piece:
        piece = document["components"]["schemas"][piece["$ref"].rpartition("/")[2]]
    types = piece.get("type", ())
    types = {types} if isinstance(types, str) else {*types}
    for kind, limits in LIMITS.items():
        by_pattern = BY_PATTERN.fullmatch(piece.get("pattern", ""))
        if kind in types and not by_pattern and not any(one <= piece.keys() for one in limits):
            yield f"{path}: {kind}"
    for name, inner in piece.get("properties", {}).items():
        yield from unbounded(document, inner, f"{path}.{name}")
    if isinstance(piece.get("items"), dict):
        yield from unbounded(document, piece["items"], f"{path}[]")


LIMITS: dict[str, tuple[set[str], ...]] = {
    "string": ({"maxLength"}, {"format"}, {"enum"}),
    "integer": ({"minimum", "maximum"}, {"enum"}),
    "number": ({"minimum", "maximum"}, {"enum"}),
    "array": ({"maxItems"},),
}
# Base64 of what a library reads, in a body that has its own limit; digits of a pattern.
BOUND_OTHERWISE = ("credential.", "passkey.")
BY_PATTERN = re.compile(r"\^[^*+]*\$")


def test_whatever_is_taken_in_has_a_limit(document: dict[str, Any]) -> None:
    found: list[str] = []
    for name, operation in operations(document):
        for parameter in operation["parameters"]:
            found += unbounded(document, parameter["schema"], f"{name} {parameter['name']}")
        content = operation.get("requestBody", {}).get("content", {})
        for kind in content.values():
            found += unbounded(document, kind["schema"], f"{name} body")
    assert not [one for one in found if not any(part in one for part in BOUND_OTHERWISE)]


def test_document_says_where_and_how(document: dict[str, Any]) -> None:
    assert document["servers"] == [{"url": "/", "description": "Where this document was found"}]
    assert "/auth/api/v1/login" in document["info"]["description"]
    bearer = document["components"]["securitySchemes"]["bearer"]
    assert "/auth/api/v1/login" in bearer["description"]


def test_whole_numbers_of_bodies_are_numbers() -> None:
    loose = [
        f"{route.method} {route.path} {field.name}"
        for routes in ROUTES.values()
        for route in routes
        if route.body
        for field in fields_of(route.body())
        if isinstance(field, fields.Integer) and not isinstance(field, Whole)
    ]
    assert not loose
