"""What the relay process works with, for tests that call its parts themselves."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from services.storage.events.doorbell import Doorbell
from services.storage.relay.sweep_uploads import Sweep
from services.storage.servers.fleet import Fleet
from services.storage.uploads.settle import store_upload
from shared.catalog.versions import Version, find_version
from shared.db import connect
from shared.redis import open_redis
from shared.stores.stores import Stores
from shared.vault import Vault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.db import Pool
    from tests.storage.conftest import Storage


OWNER = "SELECT owner_id FROM storage.versions WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Parts:
    """A fleet that has read no row yet, and what it stands on."""

    pool: Pool
    fleet: Fleet
    doorbell: Doorbell

    async def upload_of(self, started: dict[str, Any]) -> Version:
        """The row of a started upload."""
        upload_id = UUID(started["id"])
        owner_id = await self.pool.fetchval(OWNER, upload_id)
        upload = await find_version(self.pool, owner_id, upload_id)
        assert upload is not None
        return upload

    async def store(self, started: dict[str, Any]) -> None:
        """Store an upload as whoever notices it does."""
        await store_upload(self.pool, self.fleet, self.doorbell, await self.upload_of(started))


@asynccontextmanager
async def open_parts(storage: Storage) -> AsyncIterator[Parts]:
    """Connect as the relay process does."""
    async with AsyncExitStack() as stack:
        pool = await connect(storage.database.storage)
        stack.push_async_callback(pool.close)
        redis = open_redis(storage.shared.redis_url)
        stack.push_async_callback(redis.aclose)
        stores = await stack.enter_async_context(Stores(Vault(storage.shared.secret_keys)))
        yield Parts(pool, Fleet(pool, stores), Doorbell(redis))


async def sweep_once(storage: Storage) -> int:
    """What the relay process does every second."""
    done = 0
    async with open_parts(storage) as parts:
        await parts.fleet.refresh()
        sweep = Sweep(parts.pool, parts.fleet, parts.doorbell, 0.2)
        while taken := await sweep.sweep():
            done += taken
            await sweep.finish()
    return done
