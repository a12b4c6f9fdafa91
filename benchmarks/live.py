"""How soon many open pages are told of a file, and what each of them costs."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from contextlib import AsyncExitStack
from statistics import median, quantiles
from typing import TYPE_CHECKING, Final

import aiohttp

from benchmarks.figures import Figure
from benchmarks.load import HUNDRED, BenchmarkError
from benchmarks.people import upload
from loadtest.processes import resident_bytes, tree

if TYPE_CHECKING:
    from benchmarks.bench import Bench

PAGES: Final = 1000
FILES: Final = 5
KIB: Final = 1024
PATIENCE_SECONDS: Final = 30
STORED: Final = "file.stored"


async def measure_live(bench: Bench) -> list[Figure]:
    """Open pages at one process, store files, and wait until every page knows of each."""
    run = bench.caller.stack.run
    pids = tree(run["pids"]["storage"])
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=None, sock_read=PATIENCE_SECONDS)
    async with (
        aiohttp.ClientSession(connector=connector, timeout=timeout) as client,
        AsyncExitStack() as pages,
    ):
        before = resident_bytes(pids)
        url = f"{bench.own_address('storage')}/live"
        answers = [
            await pages.enter_async_context(client.get(url, headers=bench.caller.headers))
            for _ in range(PAGES)
        ]
        kib = (resident_bytes(pids) - before) / PAGES / KIB
        seconds = [await _tell_all(bench, answers) for _ in range(FILES)]
    all_seconds = [second for of_one in seconds for second in of_one]
    return [
        Figure(
            name=f"from stored to the last of {PAGES:,} open pages",
            value=1000 * median(max(of_one) for of_one in seconds),
            unit="ms",
            more_is_better=False,
            p50=1000 * median(all_seconds),
            p99=1000 * quantiles(all_seconds, n=HUNDRED)[-1],
        ),
        Figure(name="memory for an open page", value=kib, unit="KiB", more_is_better=False),
    ]


async def _tell_all(bench: Bench, pages: list[aiohttp.ClientResponse]) -> list[float]:
    """Store a file; for each page, seconds from the answer to the uploader until it knew."""
    hearing = [asyncio.create_task(_hear(page)) for page in pages]
    await upload(bench.caller, "/", f"{secrets.token_hex(8)}.bin", os.urandom(KIB))
    stored_at = time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            heard_at = await asyncio.gather(*hearing)
    except TimeoutError as error:
        raise BenchmarkError("some pages were never told") from error
    return [max(0.0, moment - stored_at) for moment in heard_at]


async def _hear(page: aiohttp.ClientResponse) -> float:
    async for line in page.content:
        name, _, text = line.decode().partition(": ")
        if name == "event" and text.strip() == STORED:
            return time.perf_counter()
    raise BenchmarkError("the live feed ended")
