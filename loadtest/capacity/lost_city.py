"""A city that is away while the capacity is looked for."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

import aiohttp

from loadtest.stack import StackError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loadtest.stack import Stack


@contextmanager
def lost(stack: Stack, name: str | None) -> Iterator[None]:
    """Take a city away, and give it back; None: leave all as it is."""
    if name is None:
        yield
        return
    known = {server["name"]: server["endpoint"] for server in stack.run["servers"]}
    if name not in known:
        raise StackError(f"there is no server {name}; there are {', '.join(known)}")
    url = f"{known[name]}/-/fault"
    asyncio.run(_call("PUT", url, {"down": True}))
    try:
        yield
    finally:
        asyncio.run(_call("DELETE", url))


async def _call(method: str, url: str, body: object = None) -> None:
    async with aiohttp.request(method, url, json=body) as answer:
        answer.raise_for_status()
