"""What the edge tells the storage service."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

import pytest
from aiobotocore.session import get_session

from services.local.servers.cities import BUCKET

if TYPE_CHECKING:
    from tests.local.cities import LiveCity

pytestmark = pytest.mark.asyncio(loop_scope="module")

PART_BYTES = 5 * 1024 * 1024


async def test_a_new_object_is_announced(city: LiveCity) -> None:
    key = await city.put(b"hello")
    event = await city.listener.next()
    assert event.name == "s3:ObjectCreated:Put"
    assert event.key == f"{BUCKET}/{key}"
    assert event.described["key"] == key
    assert event.described["size"] == 5
    assert event.described["eTag"] == "5d41402abc4b2a76b9719d911017c592"


async def test_keys_are_encoded(city: LiveCity) -> None:
    key = "folder/ä b+c%.txt"
    await city.ask("PUT", city.sign("put_object", key), data=b"")
    event = await city.listener.next()
    assert re.fullmatch(r"[\w%+.-]+", event.described["key"], re.ASCII)
    assert unquote_plus(event.described["key"]) == key
    assert event.described["size"] == 0


async def test_a_multipart_upload_is_announced_once_and_whole(city: LiveCity) -> None:
    async with get_session().create_client("s3", **city.credentials) as client:
        key = "in-parts"
        started = await client.create_multipart_upload(Bucket=BUCKET, Key=key)
        upload: Any = {"Bucket": BUCKET, "Key": key, "UploadId": started["UploadId"]}
        parts: list[Any] = []
        for number in (1, 2):
            part = await client.upload_part(**upload, PartNumber=number, Body=b"x" * PART_BYTES)
            parts.append({"PartNumber": number, "ETag": part["ETag"]})
        done = await client.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    event = await city.listener.next()
    assert event.name == "s3:ObjectCreated:CompleteMultipartUpload"
    assert event.described["size"] == 2 * PART_BYTES
    assert event.described["eTag"] == done["ETag"].strip('"')
    assert city.listener.heard.empty()


async def test_copies_are_announced_and_deletions_are_not(city: LiveCity) -> None:
    key = await city.put(b"hello")
    await city.listener.next()
    async with get_session().create_client("s3", **city.credentials) as client:
        await client.copy_object(Bucket=BUCKET, Key="copy", CopySource=f"{BUCKET}/{key}")
        assert (await city.listener.next()).name == "s3:ObjectCreated:Copy"
        await client.delete_object(Bucket=BUCKET, Key="copy")
    later = await city.put(b"hello")
    assert (await city.listener.next()).key == f"{BUCKET}/{later}"


async def test_what_failed_is_not_announced(city: LiveCity) -> None:
    url = city.sign("put_object", "refused", ContentLength=3)
    assert (await city.ask("PUT", url, data=b"four")).status == 403
    await city.put(b"hello")
    assert "refused" not in (await city.listener.next()).key


async def test_an_upload_never_waits_for_the_webhook(city: LiveCity) -> None:
    async with city.listener.busy:
        keys = [await city.put(b"hello") for _ in range(8)]
        assert city.listener.heard.empty()
    told = {(await city.listener.next()).key for _ in keys}
    assert told == {f"{BUCKET}/{key}" for key in keys}
    # What had to wait went together.
    assert city.listener.posts < len(keys)


async def test_an_event_is_told_again_until_it_is_taken(city: LiveCity) -> None:
    city.listener.refusals = 2
    key = await city.put(b"hello")
    assert (await city.listener.next()).key.endswith(key)
    assert city.listener.refusals == 0


async def test_a_lost_client_is_no_upload(city: LiveCity) -> None:
    url = city.sign("put_object", "cut-off", ContentLength=100)
    path = url.removeprefix(city.edge.endpoint)
    _, writer = await asyncio.open_connection("127.0.0.1", city.edge.port)
    head = f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1:{city.edge.port}\r\nContent-Length: 100\r\n\r\n"
    writer.write(head.encode())
    writer.write(b"half")
    await writer.drain()
    await asyncio.sleep(0.1)
    writer.close()
    await city.put(b"hello")
    assert "cut-off" not in (await city.listener.next()).key
    assert (await city.get("cut-off")).status == 404
