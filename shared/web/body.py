"""The bytes of a body: no more of them than the route takes, and none before they are asked for."""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web

from shared.errors import BODY_TOO_LARGE, REQUEST_TIMEOUT, MeridianError

BODY_SECONDS: Final = 30
# A guard may write a smaller limit here, in bytes, for a caller who showed no secret.
LARGEST_BODY: Final = web.RequestKey("largest_body", int)
BODY: Final = web.RequestKey("body", bytes)


async def read_body(request: web.Request) -> bytes:
    """Read the body once, or raise BODY_TOO_LARGE, by its announced length where it has one."""
    if BODY not in request:
        limit = request[LARGEST_BODY]
        if (request.content_length or 0) > limit:
            raise _too_large(limit)
        if request.content.is_eof():  # most bodies have arrived with their headers
            body = request.content.read_nowait()
        else:
            body = await _read(request, limit)
        if len(body) > limit:
            raise _too_large(limit)
        request[BODY] = body
    return request[BODY]


async def _read(request: web.Request, limit: int) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > limit:
                    break
    except TimeoutError as error:
        raise MeridianError(REQUEST_TIMEOUT) from error
    return bytes(body)


def _too_large(limit: int) -> MeridianError:
    return MeridianError(BODY_TOO_LARGE, f"At most {limit} bytes are taken here.", limit=limit)
