"""How fast a city is filled, and what people who upload meanwhile notice of it."""

from __future__ import annotations

import asyncio
import secrets
import time
from contextlib import asynccontextmanager
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from benchmarks.bench import hold_replicator
from benchmarks.copies import PATIENCE_SECONDS, wait_for_copies
from benchmarks.figures import Figure, Limit
from benchmarks.load import BenchmarkError
from benchmarks.nodes import Way, copy_by_rclone, erase_objects, put_objects
from benchmarks.people import upload_all
from benchmarks.replication import KIB, MIB, way_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

    from benchmarks.bench import Bench

COUNT: Final = 1000
SIZE: Final = 64 * KIB
FRESH: Final = 60
LOOK_SECONDS: Final = 0.05
# How often a replicator looks by itself: held for longer, all of them begin at once.
SWEEP_SECONDS: Final = 5
LAST_TWENTIETH: Final = 18
MILLI: Final = 1000
# As after a city was added: copies are there, but nobody knows.
EMPTY: Final = """
UPDATE storage.replicas SET state = 'WANTED', is_bulk = true, attempt = 0, verified_at = NULL,
    next_attempt_at = now(), updated_at = now()
FROM storage.versions JOIN storage.files
    ON files.owner_id = versions.owner_id AND files.current_version_id = versions.id
JOIN storage.folders
    ON folders.owner_id = files.owner_id AND folders.id = files.folder_id AND folders.name = $1
WHERE replicas.owner_id = versions.owner_id AND replicas.version_id = versions.id
    AND replicas.server_id = (SELECT id FROM storage.servers WHERE name = $2
        AND removed_at IS NULL)
    AND replicas.state = 'READY'
"""
COUNT_LEFT: Final = """
SELECT count(*) FROM storage.replicas JOIN storage.servers ON servers.id = replicas.server_id
WHERE servers.name = $1 AND servers.removed_at IS NULL
    AND replicas.state IN ('WANTED', 'COPYING') AND replicas.is_bulk
"""
COUNT_COMMITS: Final = """
SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()
"""


async def measure_filling(bench: Bench) -> list[Figure]:
    """Fill a city with many objects; upload others alone, and while it is filled."""
    way = await way_of(bench)
    to_one = Way(way.source, way.targets[:1])
    folder = f"bench-{secrets.token_hex(4)}"
    await upload_all(bench.caller, f"/{folder}", SIZE, range(COUNT))
    await wait_for_copies(bench, f"/{folder}", COUNT)
    return [*await _fill(bench, to_one, folder), await _beside(bench, to_one, folder)]


async def _fill(bench: Bench, way: Way, folder: str) -> list[Figure]:
    taken, commits = await _time_filling(bench, way, folder)
    keys = await put_objects(way.source, SIZE, COUNT)
    raw = await copy_by_rclone(way, command="sync")
    await erase_objects(way, keys)
    name, other = f"back-fill of {COUNT} × {SIZE // KIB} KiB", "rclone sync --transfers 16"
    megabytes = COUNT * SIZE / MIB
    return [
        Figure(
            name=name,
            value=COUNT / taken,
            unit="objects/s",
            limit=Limit(name=other, value=COUNT / raw),
        ),
        Figure(
            name=f"{name}, bytes",
            value=megabytes / taken,
            unit="MiB/s",
            limit=Limit(name=other, value=megabytes / raw),
        ),
        Figure(
            name="statements of the database a copied object",
            value=commits / COUNT,
            unit="commits",
            more_is_better=False,
        ),
    ]


async def _time_filling(bench: Bench, way: Way, folder: str) -> tuple[float, float]:
    """Seconds until a city has everything again, and what was committed for it."""
    city = way.targets[0].name
    async with asyncpg.create_pool(bench.database_url, min_size=1, max_size=1) as db:
        with hold_replicator(bench.caller.stack):
            await db.execute(EMPTY, folder, city)
            await asyncio.sleep(SWEEP_SECONDS)
        before, began = await db.fetchval(COUNT_COMMITS), time.perf_counter()
        await _until_left(db, city)
        taken = time.perf_counter() - began
        commits = await db.fetchval(COUNT_COMMITS) - before
        idle = await _idle_commits(db)
        return taken, commits - taken * (idle + 1 / LOOK_SECONDS)


async def _idle_commits(db: asyncpg.Pool) -> float:
    """What is committed in a second while nothing is to be done."""
    before, began = await db.fetchval(COUNT_COMMITS), time.perf_counter()
    await asyncio.sleep(SWEEP_SECONDS)
    return float(await db.fetchval(COUNT_COMMITS) - before) / (time.perf_counter() - began)


async def _beside(bench: Bench, way: Way, folder: str) -> Figure:
    alone = await _fresh(bench)
    async with _filling(bench, way, folder):
        beside = await _fresh(bench)
    return Figure(
        name="1 MiB uploaded while a city is filled, p95",
        value=MILLI * _p95(beside),
        unit="ms",
        limit=Limit(name="the same while none is", value=MILLI * _p95(alone)),
        more_is_better=False,
        p50=MILLI * median(beside),
    )


async def _fresh(bench: Bench) -> list[float]:
    """How long new files took to be everywhere, one after the other."""
    folder = f"/bench-{secrets.token_hex(4)}"
    for number in range(FRESH):
        await upload_all(bench.caller, folder, MIB, (number,))
        await wait_for_copies(bench, folder, number + 1)
    return [file.seconds for file in await wait_for_copies(bench, folder, FRESH)]


@asynccontextmanager
async def _filling(bench: Bench, way: Way, folder: str) -> AsyncIterator[None]:
    """Let a city be filled again and again as long as the block lasts."""
    city = way.targets[0].name
    async with asyncpg.create_pool(bench.database_url, min_size=1, max_size=1) as db:

        async def keep_filling() -> None:
            while True:
                if await db.fetchval(COUNT_LEFT, city) < COUNT // 2:
                    await db.execute(EMPTY, folder, city)
                # To count is work, too.
                await asyncio.sleep(1)

        await db.execute(EMPTY, folder, city)
        # The sweep that finds what is missing comes some seconds later.
        await _until_left(db, city, COUNT - 1)
        async with _running(keep_filling()):
            yield
        await _until_left(db, city)


@asynccontextmanager
async def _running(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Do something beside a block."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _until_left(db: asyncpg.Pool, city: str, most: int = 0) -> None:
    """Wait until a city is to get no more than so many."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await db.fetchval(COUNT_LEFT, city) > most:  # noqa: ASYNC110 another process does it
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError as error:
        raise BenchmarkError(f"{city} was not filled in {PATIENCE_SECONDS} s") from error


def _p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20)[LAST_TWENTIETH]
