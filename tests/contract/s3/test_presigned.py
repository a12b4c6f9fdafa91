"""Presigned URLs: what they allow, and what they do not."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import aiohttp
import pytest

from shared.signer import Credentials
from tests.contract.s3.subject import KEYS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.contract.s3.conftest import Client

BODY = bytes(range(256)) * 40
# Servers say no in several ways; what counts is that nothing was stored.
REFUSED = {400, 403, 411}
TEXT = {"Content-Type": "text/plain"}


@pytest.mark.feature("presigned")
async def test_put_head_get_delete(client: Client, key: str) -> None:
    assert (await client.put(key, BODY)).status == 200
    head = await client.send("HEAD", key)
    assert (head.status, head.headers["Content-Length"]) == (200, str(len(BODY)))
    got = await client.send("GET", key)
    assert (got.status, got.body) == (200, BODY)
    assert (await client.send("DELETE", key)).status == 204
    assert (await client.send("GET", key)).status == 404


@pytest.mark.feature("forged")
@pytest.mark.parametrize(
    "keys",
    [
        Credentials(KEYS.access_key, "another-secret-000"),
        Credentials("another-key", KEYS.secret_key),
    ],
)
async def test_wrong_keys(client: Client, key: str, keys: Credentials) -> None:
    answer = await client.ask("PUT", client.url("PUT", key, keys=keys), body=BODY)
    assert answer.status in {*REFUSED, 404}
    assert (await client.send("GET", key)).status == 404


@pytest.mark.feature("forged")
async def test_unsigned(client: Client, key: str) -> None:
    await client.put(key, BODY)
    bare = client.url("GET", key).partition("?")[0]
    assert (await client.ask("GET", bare)).status in REFUSED
    assert (await client.ask("PUT", bare, body=b"x")).status in REFUSED
    assert (await client.ask("DELETE", bare)).status in REFUSED
    assert (await client.send("GET", key)).body == BODY


@pytest.mark.feature("forged")
async def test_url_of_another_key_or_method(client: Client, key: str) -> None:
    await client.put(key, BODY)
    other = f"{key}-other"
    moved = client.url("PUT", key).replace(key, other)
    assert (await client.ask("PUT", moved, body=BODY)).status in REFUSED
    assert (await client.ask("DELETE", client.url("GET", key))).status in REFUSED
    assert (await client.ask("PUT", client.url("GET", key), body=b"x")).status in REFUSED
    assert (await client.send("GET", other)).status == 404
    assert (await client.send("GET", key)).body == BODY


@pytest.mark.feature("forged")
@pytest.mark.parametrize(
    "change",
    [
        ("X-Amz-Expires=60", "X-Amz-Expires=600"),
        ("X-Amz-Signature=", "X-Amz-Signature=0"),
        ("X-Amz-SignedHeaders=content-length%3Bhost", "X-Amz-SignedHeaders=host"),
    ],
)
async def test_altered_url(client: Client, key: str, change: tuple[str, str]) -> None:
    url = client.url("PUT", key, headers={"Content-Length": str(len(BODY))})
    assert change[0] in url
    assert (await client.ask("PUT", url.replace(*change), body=BODY)).status in REFUSED
    assert (await client.send("GET", key)).status == 404


@pytest.mark.feature("expired")
@pytest.mark.parametrize("method", ["PUT", "GET"])
async def test_expired(client: Client, key: str, method: str) -> None:
    await client.put(key, BODY)
    past = datetime.now(UTC) - timedelta(seconds=10)
    url = client.url(method, key, seconds=5, now=past)
    assert (await client.ask(method, url, body=b"x" if method == "PUT" else None)).status in REFUSED
    assert (await client.send("GET", key)).body == BODY


@pytest.mark.feature("expired")
async def test_expires_while_waiting(client: Client, key: str) -> None:
    url = client.url("PUT", key, seconds=1)
    await asyncio.sleep(2.1)
    assert (await client.ask("PUT", url, body=b"x")).status in REFUSED


@pytest.mark.feature("clock")
async def test_from_the_future(client: Client, key: str) -> None:
    url = client.url("PUT", key, now=datetime.now(UTC) + timedelta(hours=1))
    assert (await client.ask("PUT", url, body=BODY)).status in REFUSED
    assert (await client.send("GET", key)).status == 404


@pytest.mark.feature("signed_length")
@pytest.mark.parametrize("body", [BODY + b"x", BODY[:-1], b""], ids=["longer", "shorter", "none"])
async def test_another_length(client: Client, key: str, body: bytes) -> None:
    url = client.url("PUT", key, headers={"Content-Length": str(len(BODY)), **TEXT})
    assert (await client.ask("PUT", url, body=body, headers=TEXT)).status in REFUSED
    assert (await client.send("GET", key)).status == 404


@pytest.mark.feature("signed_length")
async def test_no_length(client: Client, key: str) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield BODY

    url = client.url("PUT", key, headers={"Content-Length": str(len(BODY)), **TEXT})
    with suppress(aiohttp.ClientOSError):
        answer = await client.ask("PUT", url, body=pieces(), headers=TEXT)
        assert answer.status in REFUSED
    assert (await client.send("GET", key)).status == 404


@pytest.mark.feature("signed_type")
@pytest.mark.parametrize("headers", [{"Content-Type": "text/html"}, {}], ids=["other", "none"])
async def test_another_type(client: Client, key: str, headers: dict[str, str]) -> None:
    url = client.url("PUT", key, headers=TEXT)
    assert (await client.ask("PUT", url, body=BODY, headers=headers)).status in REFUSED
    assert (await client.send("GET", key)).status == 404


@pytest.mark.feature("cut_upload")
async def test_cut_off(client: Client, key: str) -> None:
    async def half() -> AsyncIterator[bytes]:
        yield bytes(200_000)
        await asyncio.sleep(0.1)
        raise ConnectionResetError

    url = client.url("PUT", key, headers={"Content-Length": "400000"})
    with pytest.raises((aiohttp.ClientError, ConnectionError)):
        await client.ask("PUT", url, body=half(), headers={"Content-Length": "400000"})
    await asyncio.sleep(0.5)
    assert (await client.send("GET", key)).status == 404
