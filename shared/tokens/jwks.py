"""The key document of the auth service (JWKS, RFC 7517)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from jwcrypto.common import JWException
from jwcrypto.jwk import JWK

from shared.outbound import OutboundError, ask_for_document
from shared.tokens.clock_skew import note_clock_skew
from shared.tokens.keys import KeysUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aiohttp


async def fetch_keys(session: aiohttp.ClientSession, url: str) -> dict[str, JWK]:
    """Read the Ed25519 keys of a JWKS document (RFC 7517)."""
    asked_at = time.time()
    try:
        answer = await ask_for_document(session, url)
    except OutboundError as error:
        raise KeysUnavailable(str(error)) from error
    note_clock_skew(answer.headers, asked_at, time.time())
    try:
        keys = [JWK(**jwk) for jwk in answer.body["keys"] if is_ours(jwk)]
    except (ValueError, TypeError, LookupError, JWException) as error:
        raise KeysUnavailable(f"{url} is not a key document: {error!r}") from error
    if not keys:
        raise KeysUnavailable(f"{url} holds no Ed25519 key")
    return {key["kid"]: key for key in keys}


def is_ours(jwk: Mapping[str, object]) -> bool:
    """Tell whether a key is a public Ed25519 key for signatures, with an id."""
    return (
        jwk.get("kty") == "OKP"
        and jwk.get("crv") == "Ed25519"
        and jwk.get("use", "sig") == "sig"
        and isinstance(jwk.get("kid"), str)
    )
