"""The storage service put together: the only file that knows all of its parts."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Final

from services.storage.admin.routes import ROUTES as ADMIN
from services.storage.batch.routes import ROUTES as BATCH
from services.storage.cities.probe import Prober
from services.storage.cities.routes import ROUTES as CITIES
from services.storage.downloads.routes import ROUTES as DOWNLOADS
from services.storage.drops.make_drop import DropMaker
from services.storage.drops.routes import ROUTES as DROPS
from services.storage.events.doorbell import Doorbell
from services.storage.events.news import NewsTeller
from services.storage.files.found import find_readers
from services.storage.files.routes import ROUTES as FILES
from services.storage.folders.routes import ROUTES as FOLDERS
from services.storage.grants.routes import ROUTES as GRANTS
from services.storage.history.journal import running_journal
from services.storage.history.routes import ROUTES as HISTORY
from services.storage.hls.render import Renderer
from services.storage.hls.routes import ROUTES as HLS
from services.storage.hls.texts import Texts
from services.storage.hooks.rate_limit import Hints
from services.storage.hooks.routes import ROUTES as HOOKS
from services.storage.keys import (
    DOORBELL,
    DROP_MAKER,
    FEED,
    FLEET,
    HINTS,
    JOURNAL,
    LINK_MAKER,
    LINK_OPENER,
    NEWS,
    POOL,
    PROBER,
    PUBLIC_URL,
    RECEIVER,
    RENDERER,
    SETTINGS,
)
from services.storage.links.make_link import LinkMaker
from services.storage.links.routes import ROUTES as LINKS
from services.storage.live.feed import BLOCK_SECONDS, LiveFeed
from services.storage.live.routes import ROUTES as LIVE
from services.storage.opening.guard import LinkGuard
from services.storage.opening.open_link import LinkOpener
from services.storage.opening.routes import ROUTES as OPENING
from services.storage.oversight.routes import ROUTES as OVERSIGHT
from services.storage.policies.routes import ROUTES as POLICIES
from services.storage.quotas.routes import ROUTES as QUOTAS
from services.storage.receiving.receive import Receiver
from services.storage.receiving.routes import ROUTES as RECEIVING
from services.storage.servers.routes import ROUTES as SERVERS
from services.storage.servers.running import running_fleet
from services.storage.trash.routes import ROUTES as TRASH
from services.storage.uploads.routes import ROUTES as UPLOADS
from services.storage.versions.routes import ROUTES as VERSIONS
from shared.passwords.hashing import Passwords
from shared.pooler import open_database
from shared.redis import open_redis
from shared.stores.addresses import rules_of
from shared.stores.stores import Stores
from shared.tasks import cancel
from shared.throttle.throttle import Throttle
from shared.vault import Vault
from shared.web.app import make_app
from shared.web.auth import verify_by_url
from shared.web.client_place import open_atlas
from shared.web.idempotency import IDEMPOTENCY, Idempotency
from shared.web.revocations import follow_revocations

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from aiohttp import web

    from services.storage.settings import StorageSettings
    from shared.env import HttpSettings, SharedSettings

PREFIX: Final = "/storage/api"
ROUTES: Final = (
    *ADMIN,
    *(*UPLOADS, *FILES, *VERSIONS, *BATCH, *FOLDERS, *TRASH),
    *(*DOWNLOADS, *HLS, *LINKS, *OPENING),
    *(*DROPS, *RECEIVING, *OVERSIGHT),
    *(*GRANTS, *HISTORY, *QUOTAS, *POLICIES, *SERVERS, *CITIES, *LIVE, *HOOKS),
)
POOL_SIZE: Final = 16
# Passwords of links are few; sign-in has threads of its own, in another service.
HASH_THREADS: Final = 1


def make_storage(
    shared: SharedSettings, http: HttpSettings, settings: StorageSettings
) -> web.Application:
    """Make the application."""
    return make_app(
        service="storage",
        prefix=PREFIX,
        routes=ROUTES,
        contexts=(
            follow_revocations(shared.redis_url),
            open_atlas(settings.geo),
            verify_by_url(settings.jwks_url, http.public_url),
            resources(shared, settings),
            links(shared, http, settings),
        ),
        probes={"database": ask_database},
        trusted_proxies=http.trusted_proxies,
    )


async def ask_database(app: web.Application) -> object:
    """Ask PostgreSQL for something; Redis may be away, S3 servers have states of their own."""
    return await app[POOL].fetchval("SELECT 1")


def resources(
    shared: SharedSettings, settings: StorageSettings
) -> Callable[[web.Application], AsyncIterator[None]]:
    """Make the cleanup context that opens everything the handlers need."""

    async def context(app: web.Application) -> AsyncIterator[None]:
        vault = Vault(shared.secret_keys)
        app[SETTINGS] = settings
        app[HINTS] = Hints()
        pool = app[POOL] = await open_database(shared, max_size=POOL_SIZE, name="storage")
        app[IDEMPOTENCY] = Idempotency(pool, vault, "storage")
        redis = open_redis(shared.redis_url)
        stream = open_redis(shared.redis_url, answer_seconds=2 * BLOCK_SECONDS)
        app[DOORBELL] = Doorbell(redis)
        app[NEWS] = NewsTeller(redis)
        feed = app[FEED] = LiveFeed(stream, partial(find_readers, pool))
        stores = Stores(vault, rules_of(shared))
        app[PROBER] = Prober(pool, stores, vault)
        following = asyncio.create_task(feed.follow())
        fleet = running_fleet(pool, stores, app[DOORBELL], redis=redis)
        async with running_journal(pool) as journal, fleet as followed:
            app[JOURNAL] = journal
            app[FLEET] = followed
            app[RENDERER] = Renderer(
                pool, followed, journal, Texts(stores), vault, settings.download_seconds
            )
            yield
        await cancel([following])
        await app[DOORBELL].close()
        await app[NEWS].close()
        await stores.close()
        await redis.aclose()
        await stream.aclose()
        await pool.close()

    return context


def links(
    shared: SharedSettings, http: HttpSettings, settings: StorageSettings
) -> Callable[[web.Application], AsyncIterator[None]]:
    """Make the cleanup context that opens what links and requests need, after `resources`."""

    async def context(app: web.Application) -> AsyncIterator[None]:
        passwords = Passwords(HASH_THREADS)
        throttle = Throttle(shared.redis_url)
        pool, fleet = app[POOL], app[FLEET]
        guard = LinkGuard(passwords, throttle, Vault(shared.secret_keys), app[NEWS])
        app[PUBLIC_URL] = http.public_url.rstrip("/")
        app[LINK_MAKER] = LinkMaker(pool, passwords)
        app[LINK_OPENER] = LinkOpener(pool, app[JOURNAL], fleet, guard)
        app[DROP_MAKER] = DropMaker(pool, passwords)
        app[RECEIVER] = Receiver(pool, fleet, settings.rules, guard)
        yield
        await throttle.close()
        passwords.close()

    return context
