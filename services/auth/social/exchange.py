"""Asks a provider who somebody is, for the code that the browser brought back."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final, NoReturn
from urllib.parse import quote

import structlog

from services.auth.social.id_tokens import (
    BadIdToken,
    Expected,
    check_id_token,
    choose_key,
    read_header,
)
from services.auth.social.people import read_person
from shared.errors import PROVIDER_UNAVAILABLE, SOCIAL_LOGIN_FAILED, MeridianError
from shared.outbound import OutboundError, ask

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jwcrypto.jwk import JWK

    from services.auth.social.flow import Flow
    from services.auth.social.metadata import Metadata
    from services.auth.social.people import Person
    from services.auth.social.providers import Provider
    from services.auth.social.social_login import SocialLogin

FIRST_REDIRECT: Final = 300
FIRST_FAULT: Final = 500
FRESH_SECONDS: Final = 10.0  # so old may keys be when one is missing

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


async def ask_who(social: SocialLogin, provider: Provider, flow: Flow, code: str) -> Person:
    """Exchange a code for a person; SOCIAL_LOGIN_FAILED, PROVIDER_UNAVAILABLE."""
    metadata = await social.metadata_of(provider)
    tokens = await _exchange(social, provider, metadata, flow, code)
    claims: dict[str, Any] = {}
    if metadata.jwks_uri is not None:
        claims = await _check(social, provider, metadata, flow, tokens.get("id_token"))
    if metadata.userinfo_endpoint is not None and "email" not in claims:
        claims = await _complete(social, provider, metadata, tokens, claims)
    person = read_person(provider.issuer, claims, confirms_email=metadata.confirms_email)
    if person is None:
        refuse(provider, "it names nobody")
    return person


async def _exchange(
    social: SocialLogin, provider: Provider, metadata: Metadata, flow: Flow, code: str
) -> Mapping[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": social.callback_of(provider),
        "code_verifier": flow.verifier,
        "client_id": provider.client_id,
    }
    headers = {}
    if provider.client_secret is not None:
        secret = social.vault.decrypt(provider.client_secret)
        if metadata.takes_basic:
            headers["Authorization"] = _basic(provider.client_id, secret)
        else:
            form["client_secret"] = secret
    return await _ask(social, provider, "POST", metadata.token_endpoint, headers, form)


async def _check(
    social: SocialLogin, provider: Provider, metadata: Metadata, flow: Flow, token: Any
) -> dict[str, Any]:
    expected = Expected(provider.issuer, provider.client_id, flow.nonce, metadata.algorithms)
    try:
        header = read_header(token, metadata.algorithms)
        key = await _find_key(social, str(metadata.jwks_uri), header)
        return check_id_token(token, key, expected)
    except BadIdToken as error:
        refuse(provider, str(error))


async def _find_key(social: SocialLogin, url: str, header: Mapping[str, Any]) -> JWK:
    key = choose_key(header, (await social.documents.read(url)).get("keys"))
    if key is None:
        fresh = await social.documents.read(url, FRESH_SECONDS)
        key = choose_key(header, fresh.get("keys"))
    if key is None:
        raise BadIdToken("signed with a key that is not published")
    return key


async def _complete(
    social: SocialLogin,
    provider: Provider,
    metadata: Metadata,
    tokens: Mapping[str, Any],
    claims: dict[str, Any],
) -> dict[str, Any]:
    """Add what the user info says; it must be about the same person, and for us."""
    headers = {"Authorization": f"Bearer {tokens.get('access_token')}"}
    told = await _ask(social, provider, "GET", str(metadata.userinfo_endpoint), headers)
    more = {ours: told.get(theirs) for ours, theirs in metadata.claims.items()}
    if claims and more.get("sub") != claims["sub"]:
        refuse(provider, "its user info is about somebody else")
    if more.pop("aud", provider.client_id) != provider.client_id:
        refuse(provider, "its user info is for another party")
    return {name: part for name, part in more.items() if part is not None} | claims


async def _ask(
    social: SocialLogin,
    provider: Provider,
    method: str,
    url: str,
    headers: Mapping[str, str],
    form: Mapping[str, str] | None = None,
) -> Mapping[str, Any]:
    try:
        answer = await ask(social.session, method, url, headers=headers, form=form)
    except OutboundError as error:
        log.warning("provider.unavailable", provider=provider.name, error=str(error))
        raise MeridianError(PROVIDER_UNAVAILABLE) from error
    if answer.status >= FIRST_FAULT:
        log.warning("provider.unavailable", provider=provider.name, status=answer.status)
        raise MeridianError(PROVIDER_UNAVAILABLE)
    if answer.status >= FIRST_REDIRECT or not isinstance(answer.body, dict):
        refuse(provider, f"it answers {answer.status}")
    return answer.body


def refuse(provider: Provider, reason: str) -> NoReturn:
    """Raise SOCIAL_LOGIN_FAILED; the reason is for the operator."""
    log.warning("provider.refused", provider=provider.name, reason=reason)
    raise MeridianError(SOCIAL_LOGIN_FAILED, f"{provider.title} did not confirm who you are.")


def _basic(client_id: str, secret: str) -> str:
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"
