"""Hooks: an S3 server says that an object has arrived. A hint, looked into, never believed."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_plus

import structlog
from aiohttp import hdrs, web

from services.storage.keys import DOORBELL, FLEET, HINTS, POOL
from services.storage.uploads.settle import store_upload
from shared.catalog.servers import hash_hook_secret
from shared.catalog.versions import list_pending
from shared.errors import NOT_AUTHENTICATED, MeridianError
from shared.web.access import Guard
from shared.web.auth import bearer_of
from shared.web.body import LARGEST_BODY
from shared.web.reply import reply_nothing

if TYPE_CHECKING:
    from services.storage.hooks.schemas import S3Event
    from shared.catalog.servers import Server
    from shared.catalog.versions import Version

log = structlog.get_logger(__name__)

CREATED = "ObjectCreated:"
# Of a server that cannot send its secret, and so of anybody: room for an object or two.
LARGEST_HINT = 4 * 1024
# PostgreSQL has no text with it, and so we have no such key.
NUL = "\0"
SERVER: Final[web.RequestKey[Server]] = web.RequestKey("server")


async def take(request: web.Request, body: S3Event) -> web.Response:
    """Take the webhook of an S3 server.

    Answers 204 once everything it tells is in the database, also when there was nothing to do.
    """
    server = request[SERVER]
    told = [
        unquote_plus(record.key)
        for record in body.records
        if CREATED in record.name and record.bucket == server.bucket
    ]
    # One question for all of them: whoever sends a list pays no more for its length than we do.
    keys = [key for key in dict.fromkeys(told) if NUL not in key]
    for upload in await list_pending(request.app[POOL], keys, server.id) if keys else ():
        await _settle(request, upload)
    return reply_nothing()


async def authenticate(request: web.Request) -> None:
    """Find the server by its name and its secret, both wrong alike.

    One that cannot send a secret is let in without, as often and as long as is harmless.
    """
    server = request.app[FLEET].find_by_name(request.match_info["server_name"])
    if server is not None and server.sends_no_secret and hdrs.AUTHORIZATION not in request.headers:
        request.app[HINTS].spend(server.name)
        request[LARGEST_BODY] = LARGEST_HINT
    else:
        expected = server.hook_secret_hash if server else b""
        is_right = hmac.compare_digest(hash_hook_secret(bearer_of(request)), expected)
        if server is None or not is_right:
            raise MeridianError(NOT_AUTHENTICATED)
    request[SERVER] = server


SERVER_SECRET: Final = Guard(
    "server_secret",
    {"type": "http", "scheme": "bearer", "description": "The hook secret of the S3 server"},
    authenticate,
)


async def _settle(request: web.Request, upload: Version) -> None:
    try:
        await store_upload(request.app[POOL], request.app[FLEET], request.app[DOORBELL], upload)
    except MeridianError as error:
        if error.problem.is_temporary:
            raise
        log.info("hook_not_followed", upload_id=str(upload.id), reason=error.problem.code)
