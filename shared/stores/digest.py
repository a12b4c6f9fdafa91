"""The SHA-256 of an object as it is read."""

from __future__ import annotations

import asyncio
import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.stores.store import Content

# Shorter pieces are hashed sooner than another thread would begin.
WORTH_A_THREAD = 65_536
MD5 = re.compile("[0-9a-f]{32}")


def is_md5(etag: str) -> bool:
    """Whether an ETag may be the MD5 of the bytes: some servers make up others."""
    return MD5.fullmatch(etag) is not None


async def sha256_of(content: Content) -> tuple[int, bytes]:
    """Size and SHA-256 of what can still be read."""
    sha256, size = hashlib.sha256(), 0
    async for piece in content:
        size += len(piece)
        if len(piece) < WORTH_A_THREAD:
            sha256.update(piece)
        else:
            await asyncio.to_thread(sha256.update, piece)
    return size, sha256.digest()
