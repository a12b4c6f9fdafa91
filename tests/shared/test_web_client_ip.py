"""Whose address it is: X-Forwarded-For counts only as far as trusted proxies wrote it."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

import orjson
import pytest

from shared.web.client_ip import nearest_untrusted
from tests.shared.small_app import bearer, small_app

if TYPE_CHECKING:
    from pytest_aiohttp import AiohttpClient

TRUSTED = (ip_network("10.0.0.0/8"), ip_network("::1/128"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        # nobody forwarded
        ("10.0.0.1", "", "10.0.0.1"),
        ("203.0.113.5", "", "203.0.113.5"),
        # a stranger's own header is not believed
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),
        # one trusted proxy
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", " 198.51.100.1 ", "198.51.100.1"),
        # what stands left of an untrusted address was written by it
        ("10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        # all trusted: the farthest
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        # IPv6, ports, zones
        ("::1", "2001:db8::7", "2001:db8::7"),
        ("::1", "[2001:db8::7]:443", "2001:db8::7"),
        ("::1", "[2001:db8::7]", "2001:db8::7"),
        ("::1", "198.51.100.1:5000", "198.51.100.1"),
        ("::1", "fe80::1%eth0", "fe80::1"),
        ("fd00::5", "198.51.100.1", "198.51.100.1"),
        # IPv4 in IPv6 clothes
        ("10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        # garbage ends the walk
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, unknown", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1,,10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "999.1.1.1", "10.0.0.1"),
        ("10.0.0.1", "[::1", "::1"),
        ("10.0.0.1", "'; DROP TABLE users", "10.0.0.1"),
        ("10.0.0.1", "," * 5000, "10.0.0.1"),
        ("10.0.0.1", "١.٢.٣.٤", "10.0.0.1"),
    ],
)
def test_walk_from_the_right(peer: str, forwarded: str, client: str) -> None:
    assert nearest_untrusted(ip_address(peer), forwarded, TRUSTED) == ip_address(client)


@pytest.mark.parametrize(
    ("headers", "client"),
    [
        ([], "127.0.0.1"),
        ([("X-Forwarded-For", "198.51.100.1")], "198.51.100.1"),
        ([("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-For", "198.51.100.1")], "198.51.100.1"),
        ([("X-Forwarded-For", "\udcff")], "127.0.0.1"),
    ],
)
async def test_over_the_wire(
    aiohttp_client: AiohttpClient, headers: list[tuple[str, str]], client: str
) -> None:
    caller = await aiohttp_client(small_app())
    every = [*headers, *bearer().items()]
    async with caller.get("/test/api/v1/me", headers=every) as answer:
        assert (await answer.json())["ip"] == client


async def test_untrusted_peer_over_the_wire(aiohttp_client: AiohttpClient) -> None:
    caller = await aiohttp_client(small_app(trusted_proxies=()))
    headers = {**bearer(), "X-Forwarded-For": "198.51.100.1"}
    async with caller.get("/test/api/v1/me", headers=headers) as answer:
        assert (await answer.json())["ip"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"curl/8.0", "curl/8.0"),
        ("Обозреватель".encode(), "Обозреватель"),
        (b"a\xffb", "a\ufffdb"),
        ("a\u202eb".encode(), "ab"),
        (b"x" * 900, "x" * 400),
    ],
    ids=str,
)
async def test_user_agent_is_text(aiohttp_client: AiohttpClient, raw: bytes, text: str) -> None:
    caller = await aiohttp_client(small_app())
    reader, writer = await asyncio.open_connection(caller.host, caller.port)
    token = bearer()["Authorization"]
    head = f"GET /test/api/v1/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: {token}"
    writer.write(head.encode() + b"\r\nUser-Agent: " + raw + b"\r\n\r\n")
    answer = await reader.read()
    assert orjson.loads(answer.partition(b"\r\n\r\n")[2])["agent"] == text
    writer.close()
