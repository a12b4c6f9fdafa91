"""Finds out whether ETags of an S3 server tell of the bytes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from services.storage.servers.capability_calls import BODY

if TYPE_CHECKING:
    from services.storage.servers.capability_calls import ProbeCalls
    from shared.stores.store import Store


async def etag_is_md5(calls: ProbeCalls, store: Store) -> bool:
    """Whether the ETag of an object put in one piece is its MD5."""
    key = calls.new_key()
    await calls.put(key, BODY)
    found = await store.head(key)
    return found is not None and found.etag == hashlib.md5(BODY, usedforsecurity=False).hexdigest()


async def etag_of_parts(calls: ProbeCalls, store: Store) -> bool:
    """Whether the ETag of an object joined of parts is the MD5 of their MD5s."""
    key = calls.new_key()
    upload_id = await store.multipart.create(key)
    etag = await store.multipart.put(key, upload_id, 1, BODY, len(BODY))
    await store.multipart.complete(key, upload_id, [etag])
    found = await store.head(key)
    digest = hashlib.md5(BODY, usedforsecurity=False).digest()
    joined = hashlib.md5(digest, usedforsecurity=False).hexdigest()
    return found is not None and found.etag == f"{joined}-1"
