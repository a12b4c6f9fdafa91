"""Sends the parts of an upload as a client does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
from yarl import URL

if TYPE_CHECKING:
    from collections.abc import Iterable


async def put_part(part: dict[str, Any], body: bytes) -> tuple[int, str]:
    """PUT one part; the S3 server's status and the ETag it gives."""
    async with aiohttp.ClientSession(skip_auto_headers=("Content-Type",)) as session:
        url = URL(part["url"], encoded=True)
        async with session.put(url, data=body, headers=part["headers"]) as answer:
            return answer.status, answer.headers.get("ETag", "")


async def put_parts(
    started: dict[str, Any], content: bytes, parts: Iterable[dict[str, Any]] | None = None
) -> list[dict[str, Any]]:
    """PUT some parts, or all that were signed, at once; what to tell `complete`."""

    async def send(part: dict[str, Any]) -> dict[str, Any]:
        start = (part["number"] - 1) * started["part_size"]
        status, etag = await put_part(part, content[start : start + part["size"]])
        assert status == 200
        return {"number": part["number"], "etag": etag}

    return await asyncio.gather(*map(send, started["parts"] if parts is None else parts))


async def read(url: str) -> bytes:
    """GET a presigned link."""
    async with aiohttp.ClientSession() as session, session.get(URL(url, encoded=True)) as answer:
        assert answer.status == 200
        return await answer.read()
