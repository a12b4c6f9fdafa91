"""Reads bodies and queries: what arrives is a dataclass or a refusal, never something between."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NoReturn
from unicodedata import normalize

import orjson
from aiohttp import hdrs, web
from marshmallow import ValidationError, fields

from shared.errors import (
    MALFORMED_JSON,
    UNSUPPORTED_MEDIA_TYPE,
    VALIDATION_FAILED,
    MeridianError,
)
from shared.web.bad_fields import flatten, name_given_twice, name_with_nul
from shared.web.body import read_body
from shared.web.oversized import find_oversized

if TYPE_CHECKING:
    from marshmallow import Schema

MOST_PARAMETERS: Final = 200
# So few characters or bytes cost nothing to load, whatever they say.
SMALL: Final = 1024
# An even number of backslashes before it are backslashes themselves.
NUL_IN_JSON: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


async def load_body(request: web.Request, schema: Schema) -> Any:
    """Load a JSON body through a schema; an absent one counts as an empty object."""
    return _load(schema, await _read_json(request, schema))


def load_query(request: web.Request, schema: Schema) -> Any:
    """Load the query parameters through a schema; one that is no list may be given once.

    Its texts are compared with stored ones, and so they are normalised like those (NFC).
    """
    query = request.query
    if len(query) > MOST_PARAMETERS:
        _refuse("query", f"At most {MOST_PARAMETERS} parameters are read.")
    if len(request.query_string) > SMALL:
        _refuse_oversized(schema, dict(query))
    lists = {
        field.data_key or name
        for name, field in schema.load_fields.items()
        if isinstance(field, fields.List)
    }
    twice = name_given_twice(query, lists)
    if twice is not None:
        _refuse(twice, "Given more than once.")
    given: dict[str, Any] = {}
    for name, text in query.items():
        if "\0" in name or "\0" in text:
            _refuse_nul(name)
        normal = normalize("NFC", text)
        if name in lists:
            given.setdefault(name, []).append(normal)
        else:
            given[name] = normal
    return _load(schema, given)


def _load(schema: Schema, given: Any) -> Any:
    try:
        return schema.load(given)
    except ValidationError as error:
        raise MeridianError(VALIDATION_FAILED, errors=flatten(error.messages)) from error


async def _read_json(request: web.Request, schema: Schema) -> Any:
    if not request.body_exists:
        return {}
    _refuse_other_media(request)
    raw = await read_body(request)
    if not raw:
        return {}
    try:
        loaded = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise MeridianError(MALFORMED_JSON, str(error)) from error
    if len(raw) > SMALL:
        _refuse_oversized(schema, loaded)
    if NUL_IN_JSON.search(raw):
        _refuse_nul(name_with_nul(loaded))
    return loaded


def _refuse_other_media(request: web.Request) -> None:
    media = request.content_type
    charset = (request.charset or "utf-8").lower()
    coding = request.headers.get(hdrs.CONTENT_ENCODING, "identity").lower()
    is_json = media == "application/json" or media.endswith("+json")
    if not is_json or charset not in {"utf-8", "utf8"} or coding != "identity":
        raise MeridianError(UNSUPPORTED_MEDIA_TYPE)


def _refuse_oversized(schema: Schema, loaded: object) -> None:
    found = find_oversized(schema, loaded)
    if found:
        raise MeridianError(VALIDATION_FAILED, errors=found)


def _refuse_nul(name: str) -> NoReturn:
    _refuse(name.replace("\0", "\N{REPLACEMENT CHARACTER}"), "Must not hold a NUL character.")


def _refuse(name: str, message: str) -> NoReturn:
    raise MeridianError(VALIDATION_FAILED, errors={name: [message]})
