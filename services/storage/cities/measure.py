"""How far away a server is: time to the first byte, and bytes a second."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from services.storage.servers.capability_calls import PREFIX
from shared.stores.errors import StoreRefused

if TYPE_CHECKING:
    from shared.stores.store import Store

SAMPLE_BYTES: Final = 1024 * 1024
LEAST_SECONDS: Final = 0.000001


@dataclass(frozen=True, slots=True)
class Distance:
    """Milliseconds to the first byte of an answer; bytes a second of the whole of it."""

    first_byte_ms: float
    bytes_per_second: float


async def measure(store: Store) -> Distance:
    """Write one MiB and read it back; StoreError, also for other bytes than were written."""
    key = f"{PREFIX}{uuid4().hex}"
    body = os.urandom(SAMPLE_BYTES)
    await store.put(key, body, len(body))
    try:
        received, first, seconds = await _read(store, key)
    finally:
        await store.delete(key)
    if received != body:
        raise StoreRefused("it gives back other bytes than it was given")
    return Distance(round(1000 * first, 2), round(len(body) / max(seconds, LEAST_SECONDS)))


async def _read(store: Store, key: str) -> tuple[bytes, float, float]:
    """The bytes, and the seconds to the first and to the last of them."""
    pieces: list[bytes] = []
    size = 0
    first = 0.0
    begun = time.perf_counter()
    async with store.open(key) as content:
        async for piece in content:
            first = first or time.perf_counter() - begun
            pieces.append(piece)
            size += len(piece)
            if size > SAMPLE_BYTES:
                break
    return b"".join(pieces), first, time.perf_counter() - begun
