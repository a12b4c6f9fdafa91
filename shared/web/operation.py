"""Describes a route as an OpenAPI operation: what goes in, what comes out, what may go wrong."""

from __future__ import annotations

import inspect
from collections import defaultdict
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from shared.web.access import Access, Guard
from shared.web.implied import problems_of
from shared.web.paths import PLACEHOLDER, schema_of
from shared.web.problem_schema import ProblemSchema
from shared.web.problems import PROBLEM_TYPE
from shared.web.taken_in import fewest_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marshmallow import Schema

    from shared.errors import Problem
    from shared.web.route import Route

Piece: TypeAlias = dict[str, Any]

BEARER: Final = "bearer"
IDEMPOTENCY_KEY: Final[Piece] = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    "description": "The same key within 24 hours replays the first answer",
}
ETAG: Final[Piece] = {"ETag": {"schema": {"type": "string"}, "description": "For `If-Match`"}}
LOCATION: Final[Piece] = {"Location": {"schema": {"type": "string", "format": "uri"}}}
RETRY_AFTER: Final[Piece] = {
    "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait"},
}


def operation_of(route: Route) -> Piece:
    """Describe a route; summary and description are its handler's docstring."""
    resource = route.handler.__module__.split(".")[-2:][0]
    summary, _, description = (inspect.getdoc(route.handler) or "").partition("\n")
    operation: Piece = {
        "operationId": f"{resource}_{route.handler.__name__}",
        "tags": [resource],
        "summary": summary.strip().rstrip("."),
        "description": _description(route, description.strip()),
        "parameters": _parameters(route),
        "responses": {**_answers(route), **_refusals(problems_of(route))},
        "security": _security(route),
    }
    if route.body:
        operation["requestBody"] = {
            "required": _needs_something(route.body),
            "content": {"application/json": {"schema": route.body}},
        }
    return operation


def _needs_something(body: type[Schema]) -> bool:
    return fewest_of(body) > 0 or any(field.required for field in body().fields.values())


def _security(route: Route) -> list[Piece]:
    if route.permission is Access.PUBLIC:
        return []
    if isinstance(route.permission, Guard):
        own: list[Piece] = [{route.permission.name: []}]
        return [*own, {BEARER: []}] if route.permission.beside_token else own
    return [{BEARER: []}]


def _description(route: Route, text: str) -> str:
    if route.permission is Access.IN_PERSON:
        return f"{text}\n\nAn API token may not do this.".strip()
    if isinstance(route.permission, str):
        return f"{text}\n\nPermission: `{route.permission}`".strip()
    return text


def _parameters(route: Route) -> list[Piece]:
    parameters = [
        {"in": "path", "name": name, "required": True, "schema": schema_of(name)}
        for name in PLACEHOLDER.findall(route.path)
    ]
    if route.query:
        parameters.append({"in": "query", "schema": route.query})
    if route.idempotent:
        parameters.append(IDEMPOTENCY_KEY)
    return parameters


def _answers(route: Route) -> Piece:
    statuses = (route.status, *route.other_statuses)
    answers: Piece = {str(status): _answer(route, status) for status in statuses}
    if route.may_redirect:
        answers["302"] = {"description": "Found", "headers": LOCATION}
    return answers


def _answer(route: Route, status: int) -> Piece:
    described: Piece = {"description": HTTPStatus(status).phrase}
    texts = {media: {"schema": {"type": "string"}} for media in route.other_media}
    if isinstance(route.answer, str):
        described["content"] = {route.answer: {"schema": {"type": "string"}}, **texts}
    elif route.answer:
        described["content"] = {"application/json": {"schema": route.answer}, **texts}
    if route.has_etag:
        described["headers"] = ETAG
    return described


def _refusals(problems: Iterable[Problem]) -> Piece:
    by_status: defaultdict[int, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_status[problem.status].append(problem)
    return {str(status): _refusal(status, by_status[status]) for status in sorted(by_status)}


def _refusal(status: int, problems: list[Problem]) -> Piece:
    codes = sorted(problem.code for problem in problems)
    narrowed = {"type": "object", "properties": {"code": {"type": "string", "enum": codes}}}
    described: Piece = {
        "description": " · ".join(f"`{problem.code}` {problem.title}" for problem in problems),
        "content": {PROBLEM_TYPE: {"schema": {"allOf": [ProblemSchema, narrowed]}}},
    }
    if any(problem.is_temporary for problem in problems):
        described["headers"] = RETRY_AFTER
    return described
