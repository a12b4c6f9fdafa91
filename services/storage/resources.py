"""What handlers take from the application: one key each, made and closed with it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from aiohttp import web

from services.storage.doorbell import Doorbell
from services.storage.fleet import Fleet
from services.storage.geo import Atlas
from services.storage.live import LiveFeed
from services.storage.settings import StorageSettings
from shared.db import Pool, connect
from shared.env import SharedSettings
from shared.redis import open_redis
from shared.stores import Stores
from shared.vault import Vault
from shared.web.idempotency import IDEMPOTENCY, Idempotency

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

SETTINGS = web.AppKey("settings", StorageSettings)
POOL = web.AppKey("pool", Pool)
FLEET = web.AppKey("fleet", Fleet)
DOORBELL = web.AppKey("doorbell", Doorbell)
ATLAS = web.AppKey("atlas", Atlas)
FEED = web.AppKey("feed", LiveFeed)

POOL_SIZE = 16


def resources(
    shared: SharedSettings, settings: StorageSettings
) -> Callable[[web.Application], AsyncIterator[None]]:
    """Make the cleanup context that opens everything the handlers need."""

    async def context(app: web.Application) -> AsyncIterator[None]:
        vault = Vault(shared.secret_keys)
        app[SETTINGS] = settings
        app[ATLAS] = Atlas(settings.geoip_files)
        pool = app[POOL] = await connect(shared.database_url, max_size=POOL_SIZE, name="storage")
        app[IDEMPOTENCY] = Idempotency(pool, vault)
        redis = open_redis(shared.redis_url)
        app[DOORBELL] = Doorbell(redis)
        feed = app[FEED] = LiveFeed(redis)
        stores = Stores(vault)
        fleet = app[FLEET] = Fleet(pool, stores)
        fleet.call_on_change(lambda server: feed.tell_server_changed(server.id))
        with suppress(Exception):
            await fleet.refresh()
        tasks = [run_for_ever(fleet.follow()), run_for_ever(feed.follow())]
        yield
        await cancel(tasks)
        await stores.close()
        await redis.aclose()
        await pool.close()
        app[ATLAS].close()

    return context


def run_for_ever(work: Coroutine[None, None, None]) -> asyncio.Task[None]:
    """Start background work."""
    return asyncio.create_task(work)


async def cancel(tasks: list[asyncio.Task[None]]) -> None:
    """Stop background work and wait for its end."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
