"""The name of a request in logs and answers."""

from __future__ import annotations

import re
import secrets
from typing import Final

from aiohttp import web

HEADER: Final = "X-Request-ID"
REQUEST_ID: Final = web.RequestKey("request_id", str)
SANE: Final = re.compile(r"[\w.:+/=@-]{1,128}", re.ASCII)
RANDOM_BYTES: Final = 16


def name_request(request: web.Request) -> str:
    """Take over the caller's X-Request-ID when it is sane, else make one up."""
    given = request.headers.get(HEADER, "")
    request_id = given if SANE.fullmatch(given) else secrets.token_hex(RANDOM_BYTES)
    request[REQUEST_ID] = request_id
    return request_id


def request_id_of(request: web.Request) -> str:
    """Tell the name of a request."""
    return request[REQUEST_ID]
