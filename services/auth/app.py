"""The auth service put together: the only file that knows all of its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.auth.resources import POOL, resources
from services.auth.routes import ROUTES
from shared.web.app import make_app
from shared.web.revocations import follow_revocations

if TYPE_CHECKING:
    from aiohttp import web

    from services.auth.settings import Settings

PREFIX: Final = "/auth/api"


def make_auth(settings: Settings) -> web.Application:
    """Make the application."""
    return make_app(
        service="auth",
        prefix=PREFIX,
        routes=ROUTES,
        contexts=(follow_revocations(settings.shared.redis_url), resources(settings)),
        probes={"database": ask_database},
        trusted_proxies=settings.http.trusted_proxies,
    )


async def ask_database(app: web.Application) -> object:
    """Ask PostgreSQL for something; Redis may be away."""
    return await app[POOL].fetchval("SELECT 1")
