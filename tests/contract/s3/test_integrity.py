"""How a server proves that it has got what was sent."""

from __future__ import annotations

import base64
import hashlib
import zlib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from shared.stores.store import Store
    from tests.contract.s3.conftest import Client

BODY = b"some bytes that may not change" * 100
OTHER = BODY.replace(b"not", b"now")


def md5(body: bytes) -> str:
    return base64.b64encode(hashlib.md5(body).digest()).decode()


def sha256(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


@pytest.mark.feature("etag_md5")
async def test_etag_is_the_md5(client: Client, store: Store, key: str) -> None:
    wanted = hashlib.md5(BODY).hexdigest()
    put = await client.put(key, BODY)
    assert put.headers["ETag"] == f'"{wanted}"'
    found = await store.head(key)
    assert found is not None
    assert found.etag == wanted


@pytest.mark.feature("content_md5")
async def test_content_md5(client: Client, key: str) -> None:
    assert (await client.put(key, OTHER, {"Content-MD5": md5(BODY)})).status == 400
    assert (await client.send("GET", key)).status == 404
    assert (await client.put(key, BODY, {"Content-MD5": md5(BODY)})).status == 200


@pytest.mark.feature("checksum")
async def test_checksum(client: Client, key: str) -> None:
    headers = {"x-amz-checksum-sha256": sha256(BODY)}
    assert (await client.put(key, OTHER, headers)).status == 400
    assert (await client.send("GET", key)).status == 404
    assert (await client.put(key, BODY, headers)).status == 200


@pytest.mark.feature("checksum_shown")
async def test_checksum_is_shown(client: Client, key: str) -> None:
    await client.put(key, BODY, {"x-amz-checksum-sha256": sha256(BODY)})
    head = await client.send("HEAD", key, headers={"x-amz-checksum-mode": "ENABLED"})
    assert head.headers["x-amz-checksum-sha256"] == sha256(BODY)


@pytest.mark.feature("trailer")
async def test_checksum_in_a_trailer(client: Client, key: str) -> None:
    crc = base64.b64encode(zlib.crc32(BODY).to_bytes(4, "big")).decode()
    framed = b"%x\r\n%b\r\n0\r\nx-amz-checksum-crc32:%b\r\n\r\n" % (
        len(BODY),
        BODY,
        crc.encode(),
    )
    headers = {
        "Content-Encoding": "aws-chunked",
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-decoded-content-length": str(len(BODY)),
        "x-amz-trailer": "x-amz-checksum-crc32",
    }
    answer = await client.send("PUT", key, body=framed, headers=headers)
    assert answer.status in {200, 403}
    if answer.status == 403:
        # Not in a presigned URL, then as the SDKs send it.
        pytest.fail(answer.body.decode())
    assert (await client.send("GET", key)).body == BODY
