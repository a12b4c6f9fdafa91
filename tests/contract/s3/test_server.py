"""The server as a whole: its bucket, and its disk."""

import asyncio
import os
import signal

import pytest


@pytest.mark.feature("bucket")
async def test_creating_the_bucket_again(client, store, key):
    await client.put(key, b"x")
    await store.bucket.ensure()
    await store.bucket.ensure()
    assert (await client.send("GET", key)).body == b"x"


@pytest.mark.feature("kill")
async def test_kill(client, store, subject, key):
    bodies = {f"{key}-{number}": os.urandom(100_000) for number in range(10)}
    for name, body in bodies.items():
        assert (await client.put(name, body)).status == 200
    await asyncio.to_thread(subject.stop, signal.SIGKILL)
    await asyncio.to_thread(subject.start)
    for name, body in bodies.items():
        assert (await client.send("GET", name)).body == body
    assert len([found async for found in store.bucket.list(key)]) == len(bodies)
