"""Answers: JSON by orjson (dataclasses, UUIDs, times in UTC with Z)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

import orjson
from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Mapping

BY_ROUTE: Final = web.ResponseKey("by_route", bool)
JSON_OPTIONS: Final = orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def encode(payload: object) -> bytes:
    """Write a payload as JSON."""
    return orjson.dumps(payload, default=_encode_odd, option=JSON_OPTIONS)


def reply(
    payload: object,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """Answer with a JSON body; bytes are taken for JSON that is ready (such as json_agg).

    Without a status the route's own is taken.
    """
    body = payload if isinstance(payload, bytes) else encode(payload)
    answer = web.Response(body=body, headers=headers, content_type="application/json")
    return _with_status(answer, status)


def reply_nothing(headers: Mapping[str, str] | None = None) -> web.Response:
    """Answer without a body, with the status of the route."""
    return _with_status(web.Response(headers=headers), None)


def _with_status(answer: web.Response, status: int | None) -> web.Response:
    if status is None:
        answer[BY_ROUTE] = True
    else:
        answer.set_status(status)
    return answer


def _encode_odd(odd: object) -> object:
    # asyncpg has a UUID class of its own, which orjson does not know.
    if isinstance(odd, UUID):
        return str(odd)
    if isinstance(odd, set | frozenset):
        return sorted(odd)
    raise TypeError(f"cannot write {type(odd).__name__} as JSON")
