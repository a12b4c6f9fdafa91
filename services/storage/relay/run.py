"""The relay process: moves events to the stream and sweeps over uploads, without HTTP."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from services.storage.accounts.jobs import account_jobs
from services.storage.events.doorbell import Doorbell
from services.storage.relay.jobs import relay_jobs
from services.storage.relay.publish import Relay
from services.storage.relay.sweep_uploads import Sweep
from services.storage.servers.running import running_fleet
from shared.pooler import open_database
from shared.redis import open_redis
from shared.stores.addresses import rules_of
from shared.stores.stores import Stores
from shared.tasks import cancel
from shared.vault import Vault

if TYPE_CHECKING:
    from services.storage.settings import StorageSettings
    from shared.env import SharedSettings

POOL_SIZE = 12


async def run_background(shared: SharedSettings, settings: StorageSettings) -> None:
    """Work until SIGTERM or SIGINT."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    pool = await open_database(shared, max_size=POOL_SIZE, name="relay")
    redis = open_redis(shared.redis_url)
    async with Stores(Vault(shared.secret_keys), rules_of(shared)) as stores:
        doorbell = Doorbell(redis)
        publishing = asyncio.create_task(Relay(pool, redis).run())
        jobs = [
            *relay_jobs(pool, doorbell, settings, shared.secret_keys[0]),
            *account_jobs(pool, redis, doorbell),
        ]
        async with running_fleet(pool, stores, doorbell, jobs) as fleet:
            await Sweep(pool, fleet, doorbell, settings.rules.silent_seconds).run(stopping)
        await cancel([publishing])
        await doorbell.close()
    await redis.aclose()
    await pool.close()
