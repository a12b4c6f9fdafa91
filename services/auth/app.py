"""The auth service put together: the only file that knows all of its parts."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from services.auth.api_tokens.look_up import look_up_token
from services.auth.attempts.known_devices import DeviceMarks
from services.auth.audit.changes import Changes
from services.auth.confirmations.confirm import Confirm
from services.auth.deletion.relay import relay_forever
from services.auth.jobs import run_jobs_forever
from services.auth.keys import (
    CHANGES,
    CHECK,
    CONFIRM,
    DEVICE_MARKS,
    FORGOT,
    MINT,
    OUTGOING,
    PASSKEYS,
    PASSWORDS,
    POOL,
    SECOND_FACTOR,
    SETTINGS,
    SOCIAL,
    THROTTLE,
)
from services.auth.mail.mailer import Mailer
from services.auth.mail.outgoing import Outgoing
from services.auth.passkeys.challenges import Challenges
from services.auth.passkeys.check import PasskeyCheck
from services.auth.passkeys.relying_party import find_relying_party
from services.auth.resets.forgot import Forgot
from services.auth.revocations.revoked import list_revoked
from services.auth.revocations.tell_again import tell_again_forever
from services.auth.routes import ROUTES
from services.auth.second_factor.check import SecondFactorCheck
from services.auth.sessions.check_password import PasswordCheck
from services.auth.sessions.succession import Succession
from services.auth.sessions.token_pairs import Mint
from services.auth.settings import OPEN
from services.auth.signing.issuer import Issuer
from services.auth.social.documents import Documents
from services.auth.social.social_login import SocialLogin
from shared.outbound import open_session
from shared.passwords.hashing import Passwords
from shared.pooler import open_database
from shared.stores.addresses import rules_of
from shared.tasks import cancel
from shared.throttle.throttle import Throttle
from shared.tokens.api_token_cache import ApiTokenCache
from shared.tokens.notices import TELL_AGAIN
from shared.tokens.verifier import Verifier
from shared.vault import Vault
from shared.web.app import make_app
from shared.web.auth import VERIFIER
from shared.web.client_place import open_atlas
from shared.web.idempotency import IDEMPOTENCY, Idempotency
from shared.web.revocations import REVOCATIONS, follow_revocations

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from aiohttp import web

    from services.auth.settings import Settings

PREFIX: Final = "/auth/api"
POOL_SIZE: Final = 16


def make_auth(settings: Settings) -> web.Application:
    """Make the application."""
    return make_app(
        service="auth",
        prefix=PREFIX,
        routes=ROUTES,
        contexts=(
            follow_revocations(settings.shared.redis_url, asks=False),
            open_atlas(settings.geo),
            resources(settings),
            other_sites(settings),
            letters(settings),
        ),
        probes={"database": ask_database},
        trusted_proxies=settings.http.trusted_proxies,
    )


async def ask_database(app: web.Application) -> object:
    """Ask PostgreSQL for something; Redis may be away."""
    return await app[POOL].fetchval("SELECT 1")


def resources(settings: Settings) -> Callable[[web.Application], AsyncIterator[None]]:
    """Make the cleanup context that opens everything the handlers need."""

    async def context(app: web.Application) -> AsyncIterator[None]:
        shared, auth = settings.shared, settings.auth
        app[SETTINGS] = settings
        vault, revocations = Vault(shared.secret_keys), app[REVOCATIONS]
        pool = app[POOL] = await open_database(shared, max_size=POOL_SIZE, name="auth")
        passwords = app[PASSWORDS] = Passwords(auth.argon2_threads_here)
        throttle = app[THROTTLE] = Throttle(shared.redis_url)
        app[CHECK] = PasswordCheck(pool, passwords, throttle)
        app[SECOND_FACTOR] = SecondFactorCheck(pool, vault, throttle)
        app[CHANGES] = Changes(pool, revocations)
        site = find_relying_party(settings.http.public_url)
        challenges = Challenges(shared.secret_keys)
        app[PASSKEYS] = PasskeyCheck(pool, site, challenges, throttle)
        app[DEVICE_MARKS] = DeviceMarks(shared.secret_keys)
        app[IDEMPOTENCY] = Idempotency(pool, vault, "auth")
        issuer = Issuer(pool, vault, settings.http.public_url, auth.access_seconds)
        app[MINT] = Mint(issuer, Succession(shared.secret_keys), auth.refresh_seconds)
        api_tokens = ApiTokenCache(partial(look_up_token, pool), revocations)
        app[VERIFIER] = Verifier(issuer.keys, settings.http.public_url, revocations, api_tokens)
        # The first start makes the first key; without a database this waits for a request.
        await issuer.keys.refresh()
        revocations.answer_by(partial(list_revoked, pool, TELL_AGAIN))
        tasks = [
            asyncio.create_task(tell_again_forever(pool, revocations)),
            asyncio.create_task(relay_forever(pool, shared.redis_url)),
            asyncio.create_task(run_jobs_forever(pool, auth)),
        ]
        yield
        await cancel(tasks)
        await issuer.keys.close()
        await throttle.close()
        passwords.close()
        await pool.close()

    return context


def other_sites(settings: Settings) -> Callable[[web.Application], AsyncIterator[None]]:
    """Make the cleanup context of social login; after `resources`."""

    async def context(app: web.Application) -> AsyncIterator[None]:
        shared = settings.shared
        async with open_session(rules_of(shared)) as session:
            app[SOCIAL] = SocialLogin(
                changes=app[CHANGES],
                vault=Vault(shared.secret_keys),
                throttle=app[THROTTLE],
                session=session,
                documents=Documents(session),
                public_url=settings.http.public_url,
                allow_plain=shared.allow_local_servers,
                takes_strangers=settings.auth.registration == OPEN,
            )
            yield

    return context


def letters(settings: Settings) -> Callable[[web.Application], AsyncIterator[None]]:
    """Make the cleanup context of all that sends letters; after `resources`."""

    async def context(app: web.Application) -> AsyncIterator[None]:
        auth, site = settings.auth, settings.http.public_url
        sender = auth.mail_from or f"meridian@{urlsplit(site).hostname}"
        mailer = Mailer(auth.mail_server, sender) if auth.mail_server else None
        # Two queues: whoever cannot sign in does not wait behind addresses that are new.
        outgoing, confirmations = Outgoing(mailer, site), Outgoing(mailer, site)
        app[OUTGOING] = outgoing
        app[FORGOT] = Forgot(app[CHANGES], app[THROTTLE], outgoing)
        app[CONFIRM] = Confirm(app[CHANGES], app[THROTTLE], confirmations)
        yield
        await asyncio.gather(outgoing.finish(), confirmations.finish())

    return context
