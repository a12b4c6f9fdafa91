"""What handlers take from the application: one key each, made and closed with it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from aiohttp import web

from services.storage.doorbell import Doorbell
from services.storage.fleet import Fleet
from services.storage.geo import Atlas
from services.storage.hints import Hints
from services.storage.live import BLOCK_SECONDS, LiveFeed
from services.storage.settings import StorageSettings
from shared.db import connect
from shared.redis import open_redis
from shared.stores.stores import Stores
from shared.vault import Vault
from shared.web.idempotency import IDEMPOTENCY, Idempotency

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from shared.db import Pool
    from shared.env import SharedSettings

SETTINGS = web.AppKey("settings", StorageSettings)
POOL: Final[web.AppKey[Pool]] = web.AppKey("pool")
FLEET = web.AppKey("fleet", Fleet)
DOORBELL = web.AppKey("doorbell", Doorbell)
ATLAS = web.AppKey("atlas", Atlas)
FEED = web.AppKey("feed", LiveFeed)
HINTS = web.AppKey("hints", Hints)

POOL_SIZE = 16


def resources(
    shared: SharedSettings, settings: StorageSettings
) -> Callable[[web.Application], AsyncIterator[None]]:
    """Make the cleanup context that opens everything the handlers need."""

    async def context(app: web.Application) -> AsyncIterator[None]:
        vault = Vault(shared.secret_keys)
        app[SETTINGS] = settings
        app[HINTS] = Hints()
        app[ATLAS] = Atlas(settings.geoip_files)
        pool = app[POOL] = await connect(shared.database_url, max_size=POOL_SIZE, name="storage")
        app[IDEMPOTENCY] = Idempotency(pool, vault)
        redis = open_redis(shared.redis_url)
        stream = open_redis(shared.redis_url, answer_seconds=2 * BLOCK_SECONDS)
        app[DOORBELL] = Doorbell(redis)
        feed = app[FEED] = LiveFeed(stream)
        stores = Stores(vault)
        fleet = app[FLEET] = Fleet(pool, stores)
        fleet.call_on_change(lambda server: feed.tell_server_changed(server.id))
        with suppress(Exception):
            await fleet.refresh()
        tasks = [asyncio.create_task(fleet.follow()), asyncio.create_task(feed.follow())]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await stores.close()
        await redis.aclose()
        await stream.aclose()
        await pool.close()
        app[ATLAS].close()

    return context
