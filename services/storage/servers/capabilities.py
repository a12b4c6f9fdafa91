"""Finds out what an S3 server can do, by trying it on objects of its own.

What is found is kept in servers.capabilities. Only what Meridian cannot do without has to be
there; to the rest it adapts: see docs/storage-servers.md.
"""

from __future__ import annotations

import asyncio
import hashlib
from base64 import b64encode
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from services.storage.servers.capability_calls import BODY, ProbeCalls
from services.storage.servers.capability_etags import etag_is_md5, etag_of_parts
from services.storage.servers.notifications import announce_objects
from shared.stores.errors import StoreError, StoreRefused, StoreUnavailable
from shared.stores.wire import read_short

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from shared.catalog.servers import Server
    from shared.stores.store import Store
    from shared.stores.stores import Stores

    Check = Callable[[ProbeCalls, Store], Awaitable[bool]]

OTHER = b"meridiam"
LONGER = b"meridian!"
ORIGIN = "https://meridian.invalid"
PARTIAL = 206
NEEDED = ("presigned", "signed_length", "multipart", "copy")
SECONDS = 60


class UnfitServerError(Exception):
    """The server lacks what Meridian cannot do without."""


async def probe_server(stores: Stores, server: Server) -> dict[str, Any]:
    """Try everything; what a server can do, by name.

    StoreUnavailable when it does not answer, StoreRefused for a wrong key, UnfitServerError when
    it cannot be used. Leaves nothing behind.
    """
    store = stores.of(server)
    async with asyncio.timeout(SECONDS), ProbeCalls(stores, server) as calls:
        found: dict[str, Any] = {
            name: await _holds(check(calls, store)) for name, check in CHECKS.items()
        }
        found["clock_skew_seconds"] = await calls.clock_skew()
        await calls.clear(store)
    missing = [name for name in NEEDED if not found[name]]
    if missing:
        raise UnfitServerError(f"{server.name} cannot be used: it lacks {', '.join(missing)}")
    return {**found, "probed_at": datetime.now(UTC).isoformat(timespec="seconds")}


async def _holds(check: Awaitable[bool]) -> bool:
    """Whether a check succeeds; a server that is away is not one that cannot."""
    try:
        return await check
    except StoreUnavailable:
        raise
    except StoreError:
        return False


async def _presigned(calls: ProbeCalls, store: Store) -> bool:
    key = calls.new_key()
    await calls.put(key, BODY)
    return await calls.get(key) == BODY


async def _signed_length(calls: ProbeCalls, store: Store) -> bool:
    key = calls.new_key()
    for body in (LONGER, BODY[:-1]):
        with suppress(StoreRefused, StoreUnavailable):
            await calls.put(key, body, length=len(BODY))
            return False
    return await store.head(key) is None


async def _if_none_match(calls: ProbeCalls, store: Store) -> bool:
    key, once = calls.new_key(), {"If-None-Match": "*"}
    await calls.put(key, BODY, once)
    with suppress(StoreRefused):
        await calls.put(key, OTHER, once)
        return False
    return await calls.get(key) == BODY


async def _range(calls: ProbeCalls, store: Store) -> bool:
    key = calls.new_key()
    await calls.put(key, BODY)
    answer = await calls.ask("GET", key, headers={"Range": "bytes=1-3"})
    async with answer:
        return answer.status == PARTIAL and await read_short(answer) == BODY[1:4]


async def _multipart(calls: ProbeCalls, store: Store) -> bool:
    key = calls.new_key()
    aborted = await store.multipart.create(key)
    await store.multipart.abort(key, aborted)
    upload_id = await store.multipart.create(key)
    etag = await store.multipart.put(key, upload_id, 1, BODY, len(BODY))
    if await store.head(key) is not None:
        return False
    await store.multipart.complete(key, upload_id, [etag])
    return await calls.get(key) == BODY


async def _copy(calls: ProbeCalls, store: Store) -> bool:
    source, target = calls.new_key(), calls.new_key()
    await calls.put(source, BODY)
    await store.copy(source, target)
    return await calls.get(target) == BODY


async def _checksum(calls: ProbeCalls, store: Store) -> bool:
    key = calls.new_key()
    digest = b64encode(hashlib.sha256(BODY).digest()).decode()
    with suppress(StoreRefused):
        await calls.put(key, OTHER, {"x-amz-checksum-sha256": digest})
        return False
    return True


async def _cors(calls: ProbeCalls, store: Store) -> bool:
    asked = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "content-type,if-none-match",
    }
    async with await calls.ask("OPTIONS", calls.new_key(), headers=asked) as answer:
        return answer.headers.get("Access-Control-Allow-Origin") in {"*", ORIGIN}


CHECKS: Mapping[str, Check] = {
    "presigned": _presigned,
    "signed_length": _signed_length,
    "if_none_match": _if_none_match,
    "range": _range,
    "multipart": _multipart,
    "copy": _copy,
    "checksum_sha256": _checksum,
    "etag_is_md5": etag_is_md5,
    "etag_of_parts": etag_of_parts,
    "cors": _cors,
    "notifications": lambda _calls, store: announce_objects(store),
}
