"""Objects and their keys: reading, copying, deleting, listing."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING

import pytest

from shared.stores.errors import ObjectMissing

if TYPE_CHECKING:
    from shared.stores.store import Store
    from tests.contract.s3.conftest import Client

BODY = bytes(range(200))
ODD_KEYS = (
    "файл с пробелом.txt",
    "a+b=c&d?e#f%20g;h:i@j,k$l!m'(n)*",
    "наука/日本語/😀.bin",
    "percent%2Fslash",
    "trailing.dot.",
    "double  space",
    "tilde~and-dash_under",
)


@pytest.mark.feature("empty")
async def test_empty(client: Client, store: Store, key: str) -> None:
    assert (await client.put(key, b"")).status == 200
    got = await client.send("GET", key)
    assert (got.status, got.body) == (200, b"")
    found = await store.head(key)
    assert found is not None
    assert found.size == 0


@pytest.mark.feature("keys")
@pytest.mark.parametrize("odd", ODD_KEYS)
async def test_odd_keys(client: Client, store: Store, odd: str) -> None:
    key = f"{uuid.uuid4().hex}/{odd}"
    assert (await client.put(key, odd.encode())).status == 200
    assert (await client.send("GET", key)).body == odd.encode()
    await store.copy(key, f"{key}-copy")
    assert (await client.send("GET", f"{key}-copy")).body == odd.encode()
    await store.delete(key)
    assert await store.head(key) is None


@pytest.mark.feature("list_keys")
async def test_odd_keys_are_listed(client: Client, store: Store) -> None:
    prefix = uuid.uuid4().hex
    for odd in ODD_KEYS:
        await client.put(f"{prefix}/{odd}", b"x")
    listed = {found.key for found in [item async for item in store.bucket.list(prefix)]}
    assert listed == {f"{prefix}/{odd}" for odd in ODD_KEYS}


@pytest.mark.feature("long_key")
async def test_long_key(client: Client) -> None:
    key = "/".join([uuid.uuid4().hex, *["k" * 200] * 5])[:1024]
    assert len(key) == 1024 or len(key) > 1000
    assert (await client.put(key, BODY)).status == 200
    assert (await client.send("GET", key)).body == BODY


@pytest.mark.feature("range")
async def test_range(client: Client, key: str) -> None:
    await client.put(key, BODY)
    got = await client.ask("GET", client.url("GET", key), headers={"Range": "bytes=10-19"})
    assert (got.status, got.body) == (206, BODY[10:20])
    assert got.headers["Content-Range"] == "bytes 10-19/200"
    rest = await client.ask("GET", client.url("GET", key), headers={"Range": "bytes=150-"})
    assert (rest.status, rest.body) == (206, BODY[150:])
    # What players ask first; some go on only after a 206, and with the length that it tells.
    whole = await client.ask("GET", client.url("GET", key), headers={"Range": "bytes=0-"})
    assert (whole.status, whole.body) == (206, BODY)
    assert whole.headers["Content-Range"] == "bytes 0-199/200"
    assert whole.headers["Accept-Ranges"] == "bytes"


@pytest.mark.feature("suffix_range")
async def test_suffix_range(client: Client, key: str) -> None:
    await client.put(key, BODY)
    got = await client.ask("GET", client.url("GET", key), headers={"Range": "bytes=-7"})
    assert (got.status, got.body) == (206, BODY[-7:])


@pytest.mark.feature("unsatisfiable")
async def test_range_past_the_end(client: Client, key: str) -> None:
    await client.put(key, BODY)
    got = await client.ask("GET", client.url("GET", key), headers={"Range": "bytes=200-"})
    assert got.status == 416


@pytest.mark.feature("if_match")
async def test_if_match(client: Client, key: str) -> None:
    put = await client.put(key, BODY)
    mine = {"If-Match": put.headers["ETag"]}
    assert (await client.ask("GET", client.url("GET", key), headers=mine)).status == 200
    other = {"If-Match": '"00000000000000000000000000000000"'}
    assert (await client.ask("GET", client.url("GET", key), headers=other)).status == 412


@pytest.mark.feature("disposition")
async def test_disposition(client: Client, key: str) -> None:
    await client.put(key, BODY, {"Content-Type": "text/html"})
    wanted = "attachment; filename=\"x.txt\"; filename*=UTF-8''%D1%84%20x.txt"
    query = {"response-content-disposition": wanted, "response-content-type": "text/plain"}
    got = await client.send("GET", key, query=query)
    assert (got.status, got.body) == (200, BODY)
    assert got.headers["Content-Disposition"] == wanted
    assert got.headers["Content-Type"] == "text/plain"


@pytest.mark.feature("type_kept")
async def test_type_kept(client: Client, key: str) -> None:
    await client.put(key, BODY, {"Content-Type": "image/webp"})
    assert (await client.send("HEAD", key)).headers["Content-Type"] == "image/webp"


@pytest.mark.feature("meta")
async def test_meta(client: Client, key: str) -> None:
    await client.put(key, BODY, {"x-amz-meta-file": "42"})
    assert (await client.send("HEAD", key)).headers["x-amz-meta-file"] == "42"


@pytest.mark.feature("copy")
async def test_copy(client: Client, store: Store, key: str) -> None:
    await client.put(key, BODY)
    await store.copy(key, f"{key}-copy")
    await store.delete(key)
    assert (await client.send("GET", f"{key}-copy")).body == BODY


@pytest.mark.feature("copy_missing")
async def test_copy_missing(store: Store, key: str) -> None:
    with pytest.raises(ObjectMissing):
        await store.copy(key, f"{key}-copy")
    assert await store.head(f"{key}-copy") is None


@pytest.mark.feature("delete")
async def test_delete(client: Client, store: Store, key: str) -> None:
    await client.put(key, BODY)
    for _ in range(3):
        await store.delete(key)
    assert await store.head(key) is None
    assert (await client.send("DELETE", key)).status == 204
    await asyncio.gather(*(store.delete(key) for _ in range(4)))


@pytest.mark.feature("delete_many")
async def test_delete_many(client: Client, store: Store, key: str) -> None:
    keys = [f"{key}-{number}" for number in range(3)]
    for name in keys:
        await client.put(name, BODY)
    async with store.control.call("delete many", 10) as s3:
        await s3.delete_objects(
            Bucket=store.server.bucket,
            Delete={"Objects": [{"Key": name} for name in (*keys, f"{key}-missing")]},
        )
    assert [await store.head(name) for name in keys] == [None, None, None]


@pytest.mark.feature("missing")
async def test_missing(client: Client, store: Store, key: str) -> None:
    got = await client.send("GET", key)
    assert got.status == 404
    assert b"<Code>NoSuchKey</Code>" in got.body
    assert (await client.send("HEAD", key)).status == 404
    assert await store.head(key) is None


@pytest.mark.feature("list")
async def test_list(client: Client, store: Store) -> None:
    prefix = uuid.uuid4().hex
    names = sorted(f"{prefix}/{number:03}" for number in range(25))
    for name in names:
        await client.put(name, name.encode())
    await client.put(f"{prefix}-other", b"x")
    async with store.control.call("list", 10) as s3:
        pages = s3.get_paginator("list_objects_v2").paginate(
            Bucket=store.server.bucket,
            Prefix=f"{prefix}/",
            PaginationConfig={"PageSize": 10},
        )
        seen = [found["Key"] async for page in pages for found in page.get("Contents", ())]
    assert seen == names
    listed = [found async for found in store.bucket.list(f"{prefix}/")]
    assert [found.key for found in listed] == names
    assert {found.size for found in listed} == {len(names[0])}
    assert [found async for found in store.bucket.list(f"{prefix}/nothing")] == []
