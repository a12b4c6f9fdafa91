"""Objects through the edge: signatures, ranges, conditions, writing once."""

from __future__ import annotations

import asyncio
import hashlib
import os
from base64 import b64encode
from typing import TYPE_CHECKING

import pytest
from aiobotocore.session import get_session
from yarl import URL

from services.local.servers.cities import BUCKET

if TYPE_CHECKING:
    from tests.local.cities import LiveCity

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONTENT = bytes(range(256)) * 4


async def test_presigned_urls_stay_valid(city: LiveCity) -> None:
    key = await city.put(CONTENT)
    answer = await city.get(key)
    assert (answer.status, answer.body) == (200, CONTENT)
    assert int(answer.headers["content-length"]) == len(CONTENT)


async def test_signed_headers_stay_valid(city: LiveCity) -> None:
    async with get_session().create_client("s3", **city.credentials) as client:
        await client.put_object(Bucket=BUCKET, Key="by-header", Body=CONTENT)
        part = await client.get_object(Bucket=BUCKET, Key="by-header", Range="bytes=1-3")
        assert await part["Body"].read() == CONTENT[1:4]
        assert part["ResponseMetadata"]["HTTPStatusCode"] == 206


async def test_a_changed_url_is_refused(city: LiveCity) -> None:
    key = await city.put(CONTENT)
    url = URL(city.sign("get_object", key), encoded=True)
    answer = await city.ask("GET", str(url).replace(key, "another-object"))
    assert answer.status == 403


@pytest.mark.parametrize("size", [10, 0])
async def test_the_signed_size_is_exact(city: LiveCity, size: int) -> None:
    url = city.sign("put_object", f"sized-{size}", ContentLength=size)
    assert (await city.ask("PUT", url, data=b"x" * (size + 1))).status == 403
    assert (await city.ask("PUT", url, data=b"x" * size)).status == 200


async def test_damaged_bytes_are_refused(city: LiveCity) -> None:
    url = city.sign("put_object", "damaged")
    md5 = b64encode(hashlib.md5(b"hello").digest()).decode()
    answer = await city.ask("PUT", url, data=b"hallo", headers={"Content-MD5": md5})
    assert (answer.status, b"BadDigest" in answer.body) == (400, True)
    assert (await city.get("damaged")).status == 404


async def test_a_large_object_travels_unchanged(city: LiveCity) -> None:
    content = os.urandom(1024) * 8 * 1024
    key = await city.put(content)
    answer = await city.get(key)
    assert hashlib.sha256(answer.body).digest() == hashlib.sha256(content).digest()


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=1000-", 1000, 1023),
        ("bytes=-4", 1020, 1023),
    ],
)
async def test_a_range_is_partial_content(
    city: LiveCity, wanted: str, first: int, last: int
) -> None:
    key = await city.put(CONTENT)
    answer = await city.get(key, {"Range": wanted})
    assert answer.status == 206
    assert answer.headers["content-range"] == f"bytes {first}-{last}/1024"
    assert answer.body == CONTENT[first : last + 1]


async def test_a_range_behind_the_end_cannot_be_satisfied(city: LiveCity) -> None:
    key = await city.put(CONTENT)
    answer = await city.get(key, {"Range": "bytes=1024-"})
    assert answer.status == 416
    assert answer.headers["content-range"] == "bytes */1024"


@pytest.mark.parametrize("wanted", ["bytes=0-1,4-5", "lines=1-2", "bytes=5"])
async def test_other_ranges_are_answered_in_full(city: LiveCity, wanted: str) -> None:
    key = await city.put(CONTENT)
    answer = await city.get(key, {"Range": wanted})
    assert (answer.status, answer.body) == (200, CONTENT)


async def test_a_resumed_download_starts_anew_when_the_object_is_another_one(
    city: LiveCity,
) -> None:
    key = await city.put(CONTENT)
    etag = (await city.get(key)).headers["etag"]
    same = await city.get(key, {"Range": "bytes=4-", "If-Range": etag})
    assert (same.status, same.body) == (206, CONTENT[4:])
    other = await city.get(key, {"Range": "bytes=4-", "If-Range": '"other"'})
    assert (other.status, other.body) == (200, CONTENT)


async def test_conditions_compare_etags(city: LiveCity) -> None:
    key = await city.put(CONTENT)
    etag = (await city.get(key)).headers["etag"]
    assert etag == f'"{hashlib.md5(CONTENT).hexdigest()}"'
    assert (await city.get(key, {"If-None-Match": etag})).status == 304
    assert (await city.get(key, {"If-None-Match": '"other"'})).status == 200
    assert (await city.get(key, {"If-Match": etag})).status == 200
    assert (await city.get(key, {"If-Match": '"other"'})).status == 412


async def test_head_tells_size_and_etag(city: LiveCity) -> None:
    key = await city.put(CONTENT)
    answer = await city.ask("HEAD", city.sign("head_object", key))
    assert answer.status == 200
    assert answer.headers["content-length"] == "1024"
    assert answer.headers["etag"] == f'"{hashlib.md5(CONTENT).hexdigest()}"'


async def test_an_object_is_written_once(city: LiveCity) -> None:
    url = city.sign("put_object", "once", IfNoneMatch="*")
    once = {"If-None-Match": "*"}
    assert (await city.ask("PUT", url, data=b"first", headers=once)).status == 200
    replayed = await city.ask("PUT", url, data=b"other", headers=once)
    assert replayed.status == 412
    assert b"PreconditionFailed" in replayed.body
    assert (await city.get("once")).body == b"first"


async def test_two_writers_at_once_make_one_object(city: LiveCity) -> None:
    url = city.sign("put_object", "race", IfNoneMatch="*")
    once = {"If-None-Match": "*"}
    content = os.urandom(1024) * 1024
    answers = await asyncio.gather(
        *(city.ask("PUT", url, data=content, headers=once) for _ in range(4))
    )
    statuses = [answer.status for answer in answers]
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 409, 412}


async def test_browsers_may_ask_anything(city: LiveCity) -> None:
    asked = {
        "Origin": "http://page.example",
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "content-type,if-none-match,content-md5",
    }
    answer = await city.ask("OPTIONS", city.sign("put_object", "new"), headers=asked)
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "PUT" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-headers"] == asked["Access-Control-Request-Headers"]


@pytest.mark.parametrize("key", ["missing", "../../escape"])
async def test_browsers_can_read_errors(city: LiveCity, key: str) -> None:
    answer = await city.ask(
        "GET", f"{city.edge.endpoint}/{BUCKET}/{key}", headers={"Origin": "http://a"}
    )
    assert answer.status in {400, 403, 404}
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "ETag" in answer.headers["access-control-expose-headers"]
