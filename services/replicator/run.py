"""The process: workers on the stream, the sweep beside them, and a graceful end."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING

import structlog

from services.replicator.announcer import Announcer
from services.replicator.catalog.questions import questions_to
from services.replicator.consumer import BLOCK_SECONDS, Consumer
from services.replicator.copying.token_bucket import TokenBucket
from services.replicator.jobs.due import Alarm, Sweep
from services.replicator.jobs.table import replicator_jobs
from services.replicator.stream import Stream
from services.replicator.worker import Worker
from services.replicator.workshop import Workshop
from shared.events import FILES_STREAM, REPLICATOR_GROUP
from shared.jobs import Jobs
from shared.pooler import open_database
from shared.redis import open_redis
from shared.stores.addresses import rules_of
from shared.stores.part_sizes import MEBIBYTE
from shared.stores.stores import Stores
from shared.tasks import cancel
from shared.vault import Vault

if TYPE_CHECKING:
    from services.replicator.settings import ReplicatorSettings
    from shared.db import Pool
    from shared.env import SharedSettings

log = structlog.get_logger(__name__)

POOL_SIZE = 12
REDIS_SECONDS = BLOCK_SECONDS + 3
CLOSE_SECONDS = 0.5


async def run(shared: SharedSettings, settings: ReplicatorSettings) -> None:
    """Work until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        pool = await open_database(shared, max_size=POOL_SIZE, name="replicator")
        stack.push_async_callback(_close, pool)
        redis = open_redis(shared.redis_url, answer_seconds=REDIS_SECONDS)
        stack.push_async_callback(redis.aclose)
        stores = await stack.enter_async_context(
            Stores(Vault(shared.secret_keys), rules_of(shared))
        )
        stream = Stream(redis, FILES_STREAM, REPLICATOR_GROUP)
        await work(pool, stores, stream, settings, stop)


async def work(
    pool: Pool, stores: Stores, stream: Stream, settings: ReplicatorSettings, stop: asyncio.Event
) -> None:
    """Consume, sweep, announce and do the jobs until `stop` is set."""
    announcer, alarm = Announcer(stream), Alarm()
    shop = Workshop(
        pool=pool,
        stores=stores,
        settings=settings,
        name=f"{socket.gethostname()}-{os.getpid()}",
        announce=announcer.announce,
        wake=alarm.wake,
        catalog=questions_to(pool, settings.lease_seconds),
        bulk_line=TokenBucket(settings.backfill_mib_per_second * MEBIBYTE),
    )
    consumers = [
        consumer
        for number in range(settings.workers)
        for consumer in (
            _consumer(shop, stream, f"{number}", settings.copy_concurrency),
            # Bulk work never takes the room of fresh work.
            _consumer(shop, stream.bulk, f"bulk-{number}", settings.bulk_concurrency),
        )
    ]
    jobs = Jobs(pool, replicator_jobs(shop, [stream, stream.bulk]))
    beside = [
        asyncio.create_task(announcer.run()),
        asyncio.create_task(shop.urgent.follow(stream, shop.wake)),
    ]
    log.info("replicator_started", worker=shop.name, workers=settings.workers)
    try:
        reading = [consumer.run(stop) for consumer in consumers]
        await asyncio.gather(*reading, Sweep(shop, alarm).run(stop), jobs.run(stop))
    finally:
        await cancel(beside)
    log.info("replicator_stopped", worker=shop.name)


def _consumer(shop: Workshop, stream: Stream, name: str, slots: int) -> Consumer:
    return Consumer(
        stream,
        f"{shop.name}-{name}",
        Worker(shop, stream).handle,
        slots=slots,
        idle_seconds=shop.settings.lease_seconds,
        # Whatever the stream has lost, the tables still know.
        on_loss=lambda: shop.wake(0),
    )


async def _close(pool: Pool) -> None:
    """Close the pool, also when PostgreSQL is away."""
    with suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await pool.close()
            return
    pool.terminate()
