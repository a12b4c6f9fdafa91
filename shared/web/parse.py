"""Reads bodies and queries: what arrives is a dataclass or a refusal, never something between."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NoReturn
from unicodedata import normalize

import orjson
from aiohttp import hdrs, web
from multidict import MultiDict
from webargs.aiohttpparser import AIOHTTPParser
from webargs.multidictproxy import MultiDictProxy

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
    from collections.abc import Mapping

    from marshmallow import Schema, ValidationError

MOST_PARAMETERS: Final = 200
# An even number of backslashes before it are backslashes themselves.
NUL_IN_JSON: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class Parser(AIOHTTPParser):
    """One per application: webargs keeps its error handling inside the instance."""

    async def body(self, request: web.Request, schema: Schema) -> Any:
        """Load a JSON body through a schema."""
        return await self.parse(schema, request, location="json", unknown=None)

    async def query(self, request: web.Request, schema: Schema) -> Any:
        """Load the query parameters through a schema."""
        return await self.parse(schema, request, location="query", unknown=None)

    async def load_json(self, req: web.Request, schema: Schema) -> Any:
        """Read the body as JSON; an absent one counts as an empty object."""
        if not req.body_exists:
            return {}
        _refuse_other_media(req)
        raw = await read_body(req)
        if not raw:
            return {}
        try:
            loaded = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise MeridianError(MALFORMED_JSON, str(error)) from error
        _refuse_oversized(schema, loaded)
        if NUL_IN_JSON.search(raw):
            _refuse_nul(name_with_nul(loaded))
        return loaded

    def load_querystring(self, req: web.Request, schema: Schema) -> MultiDictProxy:
        """Read the query; a parameter that is no list may be given once.

        Its texts are compared with stored ones, and so they are normalised like those (NFC).
        """
        if len(req.query) > MOST_PARAMETERS:
            _refuse("query", f"At most {MOST_PARAMETERS} parameters are read.")
        _refuse_oversized(schema, dict(req.query))
        lists = MultiDictProxy(MultiDict(req.query), schema).multiple_keys
        twice = name_given_twice(req.query, lists)
        if twice is not None:
            _refuse(twice, "Given more than once.")
        normal = ((name, normalize("NFC", text)) for name, text in req.query.items())
        query = MultiDictProxy(MultiDict(normal), schema)
        for name, text in req.query.items():
            if "\0" in name or "\0" in text:
                _refuse_nul(name)
        return query

    def handle_error(
        self,
        error: ValidationError,
        req: web.Request,
        schema: Schema,
        *,
        error_status_code: int | None,
        error_headers: Mapping[str, str] | None,
    ) -> NoReturn:
        """Turn what marshmallow found into `errors` by field."""
        # webargs puts the place, such as "json", around what marshmallow says
        found = error.messages_dict.values()
        raise MeridianError(VALIDATION_FAILED, errors=flatten(*found)) from error


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
