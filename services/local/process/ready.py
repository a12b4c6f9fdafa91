"""Looks whether a server does its work, over a plain socket."""

from __future__ import annotations

import asyncio

from services.local.process.ports import LOOPBACK

ANSWER_SECONDS = 1.0
READ_BYTES = 4096


async def ask(port: int, question: bytes) -> bytes:
    """Send a few bytes to a loopback port and return the first that come back, if any do."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
            try:
                writer.write(question)
                return await reader.read(READ_BYTES)
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return b""


async def http_status(port: int, path: str = "/") -> int:
    """GET a path on a loopback port; 0 when nothing answers."""
    question = f"GET {path} HTTP/1.1\r\nHost: {LOOPBACK}:{port}\r\nConnection: close\r\n\r\n"
    words = (await ask(port, question.encode())).split(maxsplit=2)
    return int(words[1]) if len(words) > 2 and words[1].isdigit() else 0
