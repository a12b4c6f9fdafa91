"""Holds answers against what the OpenAPI document promises."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
from jsonschema import Draft202012Validator

if TYPE_CHECKING:
    from aiohttp import ClientResponse

MOST_DOCUMENTS = 8


@lru_cache(MOST_DOCUMENTS)
def read_document(written: bytes) -> dict[str, Any]:
    """Parse a document, which is the same for test after test, once."""
    document: dict[str, Any] = orjson.loads(written)
    return document


async def check_shape(document: dict[str, Any], answer: ClientResponse) -> Any:
    """Return the body of an answer, which must be one that its operation promises."""
    body = await answer.read()
    method, path = answer.method.lower(), answer.url.path
    template = find_template(document, path)
    promised = document["paths"][template][method]["responses"]
    where = f"{method} {template} {answer.status}"
    assert str(answer.status) in promised, f"{where} is not promised: {body!r}"
    content = promised[str(answer.status)].get("content")
    assert bool(content) == bool(body), where
    if not content:
        return None
    parsed = orjson.loads(body)
    schema = content[answer.content_type]["schema"]
    Draft202012Validator({**schema, "components": document["components"]}).validate(parsed)
    return parsed


def find_template(document: dict[str, Any], path: str) -> str:
    """Find the most exact path of the document that a path fits."""
    paths: dict[str, Any] = document["paths"]
    fitting = (known for known in paths if fits(known, path))
    return min(fitting, key=lambda known: known.count("{"))


def fits(template: str, path: str) -> bool:
    """Tell whether a path is one of the template's."""
    wanted, parts = template.split("/"), path.split("/")
    return len(wanted) == len(parts) and all(
        known == part or known.startswith("{") for known, part in zip(wanted, parts, strict=True)
    )
