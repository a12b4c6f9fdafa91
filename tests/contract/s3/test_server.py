"""The server as a whole: its bucket, and its disk."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from shared.stores.store import Store
    from tests.contract.s3.conftest import Client
    from tests.contract.s3.subject import Subject


@pytest.mark.feature("bucket")
async def test_creating_the_bucket_again(client: Client, store: Store, key: str) -> None:
    await client.put(key, b"x")
    await store.bucket.ensure()
    await store.bucket.ensure()
    assert (await client.send("GET", key)).body == b"x"


@pytest.mark.feature("kill")
async def test_kill(client: Client, store: Store, subject: Subject, key: str) -> None:
    bodies = {f"{key}-{number}": os.urandom(100_000) for number in range(10)}
    for name, body in bodies.items():
        assert (await client.put(name, body)).status == 200
    await asyncio.to_thread(subject.stop, signal.SIGKILL)
    await asyncio.to_thread(subject.start)
    for name, body in bodies.items():
        assert (await client.send("GET", name)).body == body
    assert len([found async for found in store.bucket.list(key)]) == len(bodies)
