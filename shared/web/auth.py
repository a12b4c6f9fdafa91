"""Who may pass: bearer tokens are verified here, without a call to the auth service."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from aiohttp import hdrs, web

from shared.errors import NOT_AUTHENTICATED, PERMISSION_DENIED, MeridianError
from shared.outbound import open_session
from shared.tokens.api_token_cache import ApiTokenCache
from shared.tokens.ask_auth import ask_auth
from shared.tokens.jwks import fetch_keys
from shared.tokens.keys import JwkCache
from shared.tokens.verifier import Verifier
from shared.web.access import IN_PERSON, PUBLIC, Guard
from shared.web.identity import IDENTITY, Identity, identity_of
from shared.web.revocations import REVOCATIONS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from shared.web.access import Permission

__all__ = ("IDENTITY", "VERIFIER", "Identity", "authorize", "identity_of", "verify_by_url")

VERIFIER: Final = web.AppKey("verifier", Verifier)


async def authorize(request: web.Request, permission: Permission) -> None:
    """Let the request pass and note its caller, or raise a 401, 403 or 503 problem."""
    if permission is PUBLIC:
        return
    if isinstance(permission, Guard):
        await permission.check(request)
        return
    identity = await request.app[VERIFIER].verify(bearer_of(request))
    request[IDENTITY] = identity
    if permission is IN_PERSON and identity.is_api_token:
        raise MeridianError(PERMISSION_DENIED, "An API token may not do this: sign in.")
    if isinstance(permission, str) and not identity.may(permission):
        raise MeridianError(PERMISSION_DENIED, f"This needs the permission {permission}.")


def bearer_of(request: web.Request) -> str:
    """Return the token of the Authorization header (RFC 6750), which is ASCII."""
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() != "bearer" or not token or not token.isascii():
        raise MeridianError(NOT_AUTHENTICATED)
    return token.strip()


def verify_by_url(jwks_url: str, issuer: str) -> Callable[[web.Application], AsyncIterator[None]]:
    """Make a cleanup context that verifies with the keys at a URL; after `follow_revocations`.

    API tokens are looked up by `POST /verify` of the service that publishes the keys.
    """
    verify_url = urljoin(jwks_url, "../verify")

    async def resource(app: web.Application) -> AsyncIterator[None]:
        async with open_session() as session:
            keys = JwkCache(lambda: fetch_keys(session, jwks_url))
            look_up = partial(ask_auth, session, verify_url)
            api_tokens = ApiTokenCache(look_up, app[REVOCATIONS])
            app[VERIFIER] = Verifier(keys, issuer, app[REVOCATIONS], api_tokens)
            yield
            await keys.close()

    return resource
