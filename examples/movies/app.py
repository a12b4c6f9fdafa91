"""The films service put together: the only file that knows all of its parts."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from examples.movies.family.account import Account
from examples.movies.family.storage import NAME, Storage
from examples.movies.family.watch import Watch
from examples.movies.films.routes import ROUTES as FILMS
from examples.movies.keys import POOL, STORAGE, WATCH
from examples.movies.playing.routes import ROUTES as PLAYING
from shared.outbound import open_session
from shared.pooler import open_database
from shared.tasks import cancel
from shared.vault import Vault
from shared.web.app import make_app
from shared.web.auth import verify_by_url
from shared.web.idempotency import IDEMPOTENCY, Idempotency
from shared.web.revocations import follow_revocations

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from aiohttp import web

    from examples.movies.settings import MoviesSettings
    from shared.env import HttpSettings, SharedSettings

PREFIX: Final = "/movies/api"
ROUTES: Final = (*FILMS, *PLAYING)
POOL_SIZE: Final = 8


def make_movies(
    shared: SharedSettings, http: HttpSettings, settings: MoviesSettings
) -> web.Application:
    """Make the application."""
    app = make_app(
        service="movies",
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
    app.on_response_prepare.append(tell_what_is_away)
    return app


async def ask_database(app: web.Application) -> object:
    """Ask PostgreSQL for something; the other services may be away."""
    return await app[POOL].fetchval("SELECT 1")


async def tell_what_is_away(request: web.Request, answer: web.StreamResponse) -> None:
    """Say with every answer which services of the family are away."""
    answer.headers.update(request.app[WATCH].header())


def resources(
    shared: SharedSettings, settings: MoviesSettings
) -> Callable[[web.Application], AsyncIterator[None]]:
    """Make the cleanup context that opens everything the handlers need."""

    async def context(app: web.Application) -> AsyncIterator[None]:
        pool = app[POOL] = await open_database(shared, max_size=POOL_SIZE, name="movies")
        app[IDEMPOTENCY] = Idempotency(pool, Vault(shared.secret_keys), "movies")
        async with open_session() as session:
            healths = {
                "accounts": urljoin(settings.jwks_url, "/healthz"),
                NAME: urljoin(settings.storage_url, "/healthz"),
            }
            watch = app[WATCH] = Watch(session, healths)
            auth_url = urljoin(settings.jwks_url, "..").rstrip("/")
            account = Account(session, auth_url, settings.username, settings.password)
            app[STORAGE] = Storage(session, settings.storage_url, account, watch)
            following = [asyncio.create_task(watch.follow()), asyncio.create_task(account.keep())]
            yield
            await cancel(following)
        await pool.close()

    return context
