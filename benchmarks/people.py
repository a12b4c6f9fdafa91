"""Whoever the benchmarks act as: an account with tokens, and the files it uploads."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

from benchmarks.load import BenchmarkError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from loadtest.populate import Caller

AT_ONCE = 8
NEW_YORK = {"X-Fake-IP": "128.59.1.1"}


async def upload_all(
    caller: Caller, folder: str, size: int, numbers: Iterable[int]
) -> list[dict[str, Any]]:
    """Upload a file of that size for each number; the answers of the API, with their `server`."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def take_turn(number: int) -> dict[str, Any]:
        async with turn:
            return await upload(caller, folder, f"{number:05d}.bin", os.urandom(size))

    return await asyncio.gather(*map(take_turn, numbers))


async def upload(caller: Caller, folder: str, name: str, content: bytes) -> dict[str, Any]:
    """Upload a file from New York."""
    wanted = {"name": name, "size": len(content), "folder": folder}
    uploads = f"{caller.stack.storage}/uploads"
    started = await caller.call("POST", uploads, wanted)
    sending = caller.client.request(
        started["method"], started["url"], data=content, headers=started["headers"]
    )
    async with sending as answer:
        if not answer.ok:
            raise BenchmarkError(f"PUT: {answer.status} {await answer.text()}")
    stored = await caller.call("POST", f"{uploads}/{started['id']}/complete")
    return {**stored, "server": started["server"]["name"]}
