"""The servers as a running process follows them; it also probes them when no other does."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from services.storage.servers.fleet import Fleet
from services.storage.servers.prober import Prober
from shared.jobs import Jobs
from shared.tasks import cancel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from redis.asyncio import Redis

    from services.storage.events.doorbell import Doorbell
    from shared.db import Pool
    from shared.jobs import Job
    from shared.stores.stores import Stores


@asynccontextmanager
async def running_fleet(
    pool: Pool,
    stores: Stores,
    doorbell: Doorbell,
    jobs: Sequence[Job] = (),
    redis: Redis | None = None,
) -> AsyncIterator[Fleet]:
    """Follow the servers; run these jobs and that of the prober when no other process does.

    Whoever chooses servers for people shares by `redis` what is known of the way there.
    """
    fleet, prober, stop = Fleet(pool, stores), Prober(pool, stores, doorbell), asyncio.Event()
    await fleet.catch_up()
    following = [asyncio.create_task(fleet.follow())]
    if redis is not None:
        following.append(asyncio.create_task(fleet.traffic.follow(redis)))
    running = asyncio.create_task(Jobs(pool, [*jobs, prober.job()]).run(stop))
    try:
        yield fleet
    finally:
        stop.set()
        await running
        await cancel(following)
    prober.end()
