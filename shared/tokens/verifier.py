"""Access tokens: EdDSA JWTs (RFC 9068, RFC 8725), checked here and remembered until they expire."""

from __future__ import annotations

import hashlib
import json
import re
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from jwcrypto.common import JWException, base64url_decode
from jwcrypto.jwt import JWT, JWTExpired

from shared.errors import (
    CLOCKS_DIFFER,
    NOT_AUTHENTICATED,
    SESSION_ENDED,
    TOKEN_EXPIRED,
    MeridianError,
)
from shared.tokens.access_tokens import (
    ALGORITHM,
    AUDIENCE,
    LEEWAY,
    LONGEST_TOKEN,
    MAX_LIFE,
    SKEW,
    TOKEN_TYPE,
)
from shared.tokens.api_tokens import PREFIX
from shared.web.identity import Identity

if TYPE_CHECKING:
    from shared.tokens.api_token_cache import ApiTokenCache
    from shared.tokens.keys import JwkCache
    from shared.tokens.revocations import Revocations

REMEMBERED: Final = 10_000
COMPACT: Final = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
HEADER: Final = frozenset(("alg", "typ", "kid"))
TYPES: Final = {"sub": str, "sid": str, "name": str, "scope": str, "su": bool, "rv": int}


class BadToken(Exception):
    """The token is not one that this system has signed for itself."""


class Verifier:
    """Turns a token into an identity: microseconds for a token that was seen before."""

    def __init__(
        self,
        keys: JwkCache,
        issuer: str,
        revocations: Revocations,
        api_tokens: ApiTokenCache | None = None,
    ) -> None:
        self._api_tokens = api_tokens
        self._keys = keys
        self._issuer = issuer
        self._revocations = revocations
        self._seen: dict[bytes, tuple[float, Identity]] = {}
        self._generation = keys.generation
        revocations.call_on_dropped_key(keys.drop)

    async def verify(self, token: str) -> Identity:
        """Return who the token speaks for; NOT_AUTHENTICATED, TOKEN_EXPIRED or SESSION_ENDED."""
        if self._api_tokens is not None and token.startswith(PREFIX):
            return await self._api_tokens.verify(token)
        digest = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        if self._generation != self._keys.generation:
            self._seen.clear()
            self._generation = self._keys.generation
        dies_at, identity = self._seen.get(digest) or await self._remember(digest, token)
        if dies_at <= time.time():
            self._seen.pop(digest, None)
            raise MeridianError(TOKEN_EXPIRED)
        if self._revocations.holds(identity.session_id):
            raise MeridianError(SESSION_ENDED)
        if identity.rights_version < self._revocations.rights_of(identity.user_id):
            raise MeridianError(TOKEN_EXPIRED, "What you may do has changed; refresh the token.")
        return identity

    async def _remember(self, digest: bytes, token: str) -> tuple[float, Identity]:
        try:
            claims = await self._check(token)
            seen = (claims["exp"] + LEEWAY, read_identity(claims))
        except JWTExpired as error:
            raise MeridianError(TOKEN_EXPIRED) from error
        except (BadToken, JWException, ValueError, TypeError, LookupError) as error:
            raise MeridianError(NOT_AUTHENTICATED) from error
        if len(self._seen) >= REMEMBERED:
            self._seen.pop(next(iter(self._seen)))
        self._seen[digest] = seen
        return seen

    async def _check(self, token: str) -> dict[str, Any]:
        key = await self._keys.find(read_kid(token))
        if key is None:
            raise BadToken("unknown key")
        jwt = JWT(
            algs=[ALGORITHM],
            expected_type="JWS",
            strict_serialization=True,
            check_claims={
                "iss": self._issuer,
                "aud": AUDIENCE,
                "exp": None,
                "iat": None,
                "sub": None,
                "jti": None,
            },
        )
        jwt.leeway = LEEWAY
        jwt.deserialize(token, key)
        claims = read_members(jwt.claims)
        check_times(claims)
        return claims


def read_kid(token: str) -> str:
    """Return the key id of a token whose header is exactly ours: no jku, x5u, jwk or crit."""
    if len(token) > LONGEST_TOKEN or not COMPACT.fullmatch(token):
        raise BadToken("not a compact token")
    header = read_members(base64url_decode(token.partition(".")[0]))
    if header.keys() != HEADER:
        raise BadToken("unexpected header")
    if header["alg"] != ALGORITHM or header["typ"] != TOKEN_TYPE:
        raise BadToken("unexpected algorithm or type")
    if not isinstance(header["kid"], str):
        raise BadToken("unexpected key id")
    return header["kid"]


def read_members(text: str | bytes) -> dict[str, Any]:
    """Read a JSON object; BadToken for one that says a thing twice, which others read otherwise."""
    try:
        members = json.loads(text, object_pairs_hook=take_once)
    except RecursionError as error:
        raise BadToken("nested too deep") from error
    if not isinstance(members, dict):
        raise BadToken("not an object")
    return members


def take_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make a dictionary of pairs; BadToken when a name comes twice."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise BadToken("a member comes twice")
    return members


def check_times(claims: dict[str, Any]) -> None:
    """Refuse a token that would outlive every token of ours; CLOCKS_DIFFER for a future one.

    It was signed by us, so it is no fault of who sends it.
    """
    if not 0 < claims["exp"] - claims["iat"] <= MAX_LIFE:
        raise BadToken("unexpected life time")
    if claims["iat"] > time.time() + SKEW:
        raise MeridianError(CLOCKS_DIFFER, retry_after=SKEW)
    if "nbf" in claims and claims["nbf"] > time.time() + SKEW:
        raise BadToken("not yet good")


def read_identity(claims: dict[str, Any]) -> Identity:
    """Read our own claims; BadToken when one is of another type than ours."""
    claims = {"rv": 0, **claims}
    if any(not isinstance(claims[name], kind) for name, kind in TYPES.items()):
        raise BadToken("unexpected claim")
    return Identity(
        user_id=UUID(claims["sub"]),
        session_id=UUID(claims["sid"]),
        username=claims["name"],
        permissions=frozenset(claims["scope"].split()),
        is_superuser=claims["su"],
        rights_version=claims["rv"],
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
    )
