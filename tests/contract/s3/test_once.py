"""Writing an object once, and writing over it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from shared.stores.store import Store
    from tests.contract.s3.conftest import Client

ONCE = {"If-None-Match": "*"}


@pytest.mark.feature("if_none_match")
async def test_an_existing_key_is_refused(client: Client, key: str) -> None:
    assert (await client.put(key, b"first", ONCE)).status == 200
    assert (await client.put(key, b"again", ONCE)).status == 412
    assert (await client.send("GET", key)).body == b"first"
    await client.send("DELETE", key)
    assert (await client.put(key, b"third", ONCE)).status == 200


@pytest.mark.feature("if_none_match_race")
async def test_one_of_many_wins(client: Client, key: str) -> None:
    bodies = [bytes([number]) * 300_000 for number in range(8)]
    answers = await asyncio.gather(*(client.put(key, body, ONCE) for body in bodies))
    winners = [number for number, answer in enumerate(answers) if answer.status == 200]
    assert len(winners) == 1
    assert {answer.status for answer in answers} <= {200, 409, 412}
    assert (await client.send("GET", key)).body == bodies[winners[0]]


@pytest.mark.feature("complete_if_none_match")
async def test_completing_over_an_existing_key(store: Store, client: Client, key: str) -> None:
    upload_id = await store.multipart.create(key)
    etag = await store.multipart.put(key, upload_id, 1, b"parts", 5)
    await client.put(key, b"first")
    document = (
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber>"
        f"<ETag>{etag}</ETag></Part></CompleteMultipartUpload>"
    )
    query = {"uploadId": upload_id}
    answer = await client.send("POST", key, body=document.encode(), headers=ONCE, query=query)
    assert answer.status == 412
    assert (await client.send("GET", key)).body == b"first"


@pytest.mark.feature("overwrite")
async def test_readers_see_the_old_or_the_new(client: Client, key: str) -> None:
    bodies = {bytes([number]) * 500_000 for number in range(6)}
    await client.put(key, bytes(500_000))
    seen: list[bytes] = []

    async def read() -> None:
        while len(seen) < 30:
            seen.append((await client.send("GET", key)).body)

    async def write() -> None:
        for body in bodies:
            await client.put(key, body)

    await asyncio.gather(read(), write())
    assert set(seen) <= bodies
