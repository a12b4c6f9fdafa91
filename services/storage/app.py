"""The storage service put together: the only file that knows all of its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.storage.resources import POOL, resources
from services.storage.routes import ROUTES
from shared.web.app import make_app
from shared.web.auth import verify_by_url
from shared.web.revocations import follow_revocations

if TYPE_CHECKING:
    from aiohttp import web

    from services.storage.settings import StorageSettings
    from shared.env import HttpSettings, SharedSettings

PREFIX = "/storage/api"


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
            verify_by_url(settings.jwks_url, http.public_url),
            resources(shared, settings),
        ),
        probes={"database": ask_database},
        trusted_proxies=http.trusted_proxies,
    )


async def ask_database(app: web.Application) -> object:
    """Ask PostgreSQL for something; Redis may be away, S3 servers have states of their own."""
    return await app[POOL].fetchval("SELECT 1")
