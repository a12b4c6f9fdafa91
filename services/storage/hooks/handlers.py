"""Hooks: an S3 server says that an object has arrived. A hint, looked into, never believed."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

import structlog

from services.storage.keys import DOORBELL, FLEET, HINTS, POOL
from services.storage.uploads.settle import store_upload
from shared.catalog.servers import hash_hook_secret
from shared.catalog.versions import find_upload
from shared.errors import NOT_AUTHENTICATED, MeridianError
from shared.web.reply import reply_nothing

if TYPE_CHECKING:
    from aiohttp import web

    from services.storage.hooks.schemas import S3Event
    from shared.catalog.servers import Server

log = structlog.get_logger(__name__)

CREATED = "ObjectCreated:"
SCHEME = "Bearer "
# PostgreSQL has no text with it, and so we have no such key.
NUL = "\0"


async def take(request: web.Request, body: S3Event) -> web.Response:
    """Take the webhook of an S3 server.

    Answers 204 once everything it tells is in the database, also when there was nothing to do.
    """
    server = _authenticate(request)
    for record in body.records:
        key = unquote_plus(record.key)
        if CREATED in record.name and record.bucket == server.bucket and NUL not in key:
            await _look_at(request, server, key)
    return reply_nothing()


def _authenticate(request: web.Request) -> Server:
    """Find the server by its name and its secret, both wrong alike.

    One that cannot send a secret is let in without, as often as is harmless.
    """
    server = request.app[FLEET].find_by_name(request.match_info["server_name"])
    header = request.headers.get("Authorization", "")
    if server is not None and server.sends_no_secret and not header:
        request.app[HINTS].spend(server.name)
        return server
    secret = header.removeprefix(SCHEME) if header.startswith(SCHEME) else ""
    expected = server.hook_secret_hash if server else b""
    if not hmac.compare_digest(hash_hook_secret(secret), expected) or server is None:
        raise MeridianError(NOT_AUTHENTICATED)
    return server


async def _look_at(request: web.Request, server: Server, key: str) -> None:
    upload = await find_upload(request.app[POOL], key, server.id)
    if upload is None or upload.state != "PENDING":
        return
    try:
        await store_upload(request.app[POOL], request.app[FLEET], request.app[DOORBELL], upload)
    except MeridianError as error:
        if error.problem.is_temporary:
            raise
        log.info("hook_not_followed", upload_id=str(upload.id), reason=error.problem.code)
