"""Objects in parts."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from shared.stores.errors import StoreError

if TYPE_CHECKING:
    from shared.stores.store import Store
    from tests.contract.s3.conftest import Client

PART = 5 * 1024 * 1024
FIRST, LAST = os.urandom(PART), os.urandom(1000)


async def two_parts(store: Store, key: str) -> tuple[str, list[str]]:
    upload_id = await store.multipart.create(key, "image/png")
    return upload_id, [
        await store.multipart.put(key, upload_id, 1, FIRST, PART),
        await store.multipart.put(key, upload_id, 2, LAST, len(LAST)),
    ]


@pytest.mark.feature("multipart")
async def test_complete(client: Client, store: Store, key: str) -> None:
    upload_id, etags = await two_parts(store, key)
    assert await store.head(key) is None
    await store.multipart.complete(key, upload_id, etags)
    got = await client.send("GET", key)
    assert got.status == 200
    assert got.body == FIRST + LAST
    found = await store.head(key)
    assert found is not None
    assert found.size == PART + len(LAST)
    # Whoever aborts now, as a worker does that lost its lease, must not harm the object.
    with suppress(StoreError):
        await store.multipart.abort(key, upload_id)
    assert (await client.send("GET", key)).body == FIRST + LAST


@pytest.mark.feature("presigned_parts")
async def test_presigned_parts_in_any_order(client: Client, store: Store, key: str) -> None:
    upload_id = await store.multipart.create(key)
    etags = {}
    for number, body in ((2, LAST), (1, FIRST)):
        query = {"partNumber": str(number), "uploadId": upload_id}
        url = client.url("PUT", key, headers={"Content-Length": str(len(body))}, query=query)
        assert (await client.ask("PUT", url, body=body + b"x")).status == 403
        answer = await client.ask("PUT", url, body=body)
        assert answer.status == 200
        etags[number] = answer.headers["ETag"].strip('"')
    await store.multipart.complete(key, upload_id, [etags[1], etags[2]])
    assert (await client.send("GET", key)).body == FIRST + LAST


@pytest.mark.feature("replace_part")
async def test_a_part_sent_again(client: Client, store: Store, key: str) -> None:
    upload_id = await store.multipart.create(key)
    etags = []
    for number, body in ((1, bytes(PART)), (2, LAST), (1, FIRST)):
        etags.append(await store.multipart.put(key, upload_id, number, body, len(body)))
    await store.multipart.complete(key, upload_id, [etags[2], etags[1]])
    assert (await client.send("GET", key)).body == FIRST + LAST


@pytest.mark.feature("list_parts")
async def test_list_parts_and_uploads(store: Store, key: str) -> None:
    upload_id, etags = await two_parts(store, key)
    parts = await store.multipart.list_parts(key, upload_id)
    assert [(part.number, part.size) for part in parts] == [(1, PART), (2, len(LAST))]
    assert [part.etag for part in parts] == etags
    uploads = [upload async for upload in store.multipart.list_uploads(key)]
    assert [(upload.key, upload.upload_id) for upload in uploads] == [(key, upload_id)]
    await store.multipart.abort(key, upload_id)
    assert [upload async for upload in store.multipart.list_uploads(key)] == []


@pytest.mark.feature("abort")
async def test_abort(store: Store, key: str) -> None:
    upload_id, etags = await two_parts(store, key)
    await store.multipart.abort(key, upload_id)
    await store.multipart.abort(key, upload_id)
    with pytest.raises(StoreError):
        await store.multipart.put(key, upload_id, 3, LAST, len(LAST))
    with pytest.raises(StoreError):
        await store.multipart.complete(key, upload_id, etags)
    assert await store.head(key) is None


@pytest.mark.feature("wrong_part")
async def test_complete_with_a_wrong_etag(store: Store, key: str) -> None:
    upload_id, etags = await two_parts(store, key)
    with pytest.raises(StoreError):
        await store.multipart.complete(key, upload_id, [etags[0], "0" * 32])
    assert await store.head(key) is None


@pytest.mark.feature("small_part")
async def test_a_small_part_that_is_not_the_last(store: Store, key: str) -> None:
    upload_id = await store.multipart.create(key)
    etags = [await store.multipart.put(key, upload_id, number, LAST, 1000) for number in (1, 2)]
    with pytest.raises(StoreError):
        await store.multipart.complete(key, upload_id, etags)


@pytest.mark.feature("part_copy")
async def test_part_copy(client: Client, store: Store, key: str) -> None:
    await client.put(f"{key}-source", FIRST)
    upload_id = await store.multipart.create(key)
    place = store.server.bucket
    async with store.control.call("copy part", 10) as s3:
        made = await s3.upload_part_copy(
            Bucket=place,
            Key=key,
            UploadId=upload_id,
            PartNumber=1,
            CopySource={"Bucket": place, "Key": f"{key}-source"},
        )
    await store.multipart.complete(key, upload_id, [made["CopyPartResult"]["ETag"].strip('"')])
    assert (await client.send("GET", key)).body == FIRST


@pytest.mark.feature("etag_parts")
async def test_etag_of_parts(store: Store, key: str) -> None:
    upload_id, etags = await two_parts(store, key)
    made = await store.multipart.complete(key, upload_id, etags)
    digests = b"".join(hashlib.md5(body).digest() for body in (FIRST, LAST))
    assert made == f"{hashlib.md5(digests).hexdigest()}-2"
    found = await store.head(key)
    assert found is not None
    assert found.etag == made
