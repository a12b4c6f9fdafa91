"""Requests as bytes, as no client library would send them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp.test_utils import TestServer

PATIENCE = 20


async def ask(server: TestServer, head: str, body: bytes = b"") -> tuple[int, bytes]:
    """Send a request as it is, and read its answer."""
    assert server.port
    lines = [head]
    for name, value in (("Host", "x"), ("Content-Type", "application/json")):
        if f"\r\n{name}:" not in head:
            lines.append(f"{name}: {value}")
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write("\r\n".join((*lines, "", "")).encode(errors="surrogateescape"))
    writer.write(body)
    async with asyncio.timeout(PATIENCE):
        status, *headers = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        sizes = (line.partition(":")[2] for line in headers if line.startswith("Content-Length:"))
        answer = await reader.readexactly(int(next(sizes, "0")))
    writer.close()
    return int(status.split()[1]), answer
