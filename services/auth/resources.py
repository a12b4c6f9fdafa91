"""What handlers take from the application: one key each, made and closed with it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from aiohttp import web

from services.auth.issuer import Issuer
from services.auth.mint import Mint
from services.auth.passwords import Passwords
from services.auth.settings import Settings
from services.auth.succession import Succession
from services.auth.sweep import sweep_forever
from shared.db import connect
from shared.vault import Vault
from shared.web.auth import VERIFIER
from shared.web.revocations import REVOCATIONS
from shared.web.verifier import Verifier

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from shared.db import Pool

SETTINGS: Final = web.AppKey("settings", Settings)
POOL: Final[web.AppKey[Pool]] = web.AppKey("pool")
PASSWORDS: Final = web.AppKey("passwords", Passwords)
MINT: Final = web.AppKey("mint", Mint)

POOL_SIZE: Final = 16


def resources(settings: Settings) -> Callable[[web.Application], AsyncIterator[None]]:
    """Make the cleanup context that opens everything the handlers need."""

    async def context(app: web.Application) -> AsyncIterator[None]:
        shared, auth = settings.shared, settings.auth
        app[SETTINGS] = settings
        pool = app[POOL] = await connect(shared.database_url, max_size=POOL_SIZE, name="auth")
        passwords = app[PASSWORDS] = Passwords(auth.argon2_threads)
        issuer = Issuer(
            pool, Vault(shared.secret_keys), settings.http.public_url, auth.access_seconds
        )
        app[MINT] = Mint(issuer, Succession(shared.secret_keys), auth.refresh_seconds)
        app[VERIFIER] = Verifier(issuer.keys, settings.http.public_url, app[REVOCATIONS])
        # The first start makes the first key; without a database this waits for a request.
        await issuer.keys.refresh()
        sweeping = asyncio.create_task(sweep_forever(pool))
        yield
        sweeping.cancel()
        await issuer.keys.close()
        passwords.close()
        await pool.close()

    return context
