"""ID tokens: what a provider swears about somebody (OpenID Connect Core 1.0, 3.1.3.7)."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson
from jwcrypto.common import JWException, base64url_decode
from jwcrypto.jwk import JWK
from jwcrypto.jwt import JWT

if TYPE_CHECKING:
    from collections.abc import Mapping

LEEWAY: Final = 60  # seconds that two clocks may differ
MAX_LENGTH: Final = 16_384
MOST_KEYS: Final = 50
# An RSA modulus of 2048 to 8192 bits, in base64: smaller ones are weak, larger ones are slow.
SHORTEST_MODULUS: Final = 340
LONGEST_MODULUS: Final = 1370
ALG: Final = "alg"
KINDS: Final = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}


class BadIdToken(Exception):
    """The token is not one that this provider gave for this very sign-in."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token has to say."""

    issuer: str
    client_id: str
    nonce: str
    algorithms: frozenset[str]


def read_header(token: object, algorithms: frozenset[str]) -> Mapping[str, Any]:
    """Return the header of a token that is signed in a way we accept; BadIdToken."""
    if not isinstance(token, str) or len(token) > MAX_LENGTH or token.count(".") != 2:
        raise BadIdToken("not a compact token")
    try:
        header = orjson.loads(base64url_decode(token.partition(".")[0]))
    except ValueError as error:
        raise BadIdToken("no header") from error
    if not isinstance(header, dict) or header.get(ALG) not in algorithms or "crit" in header:
        raise BadIdToken("unexpected header")
    return header


def choose_key(header: Mapping[str, Any], keys: object) -> JWK | None:
    """Choose the key that a header names, or the only one that fits; None when there is none."""
    if not isinstance(keys, list):
        return None
    fitting = [key for key in keys[:MOST_KEYS] if _fits(key, header)]
    if len(fitting) != 1:
        return None
    try:
        return JWK(**{name: part for name, part in fitting[0].items() if name != "x5c"})
    except (JWException, ValueError, TypeError):
        return None


def check_id_token(token: str, key: JWK, expected: Expected) -> dict[str, Any]:
    """Check a token and return its claims; BadIdToken says what is wrong."""
    algorithm = read_header(token, expected.algorithms)[ALG]
    wanted = {"iss": expected.issuer, "aud": expected.client_id, "nonce": expected.nonce}
    jwt = JWT(
        algs=[algorithm],
        expected_type="JWS",
        check_claims={**wanted, "exp": None, "iat": None, "sub": None},
    )
    jwt.leeway = LEEWAY
    try:
        jwt.deserialize(token, key)
        claims: dict[str, Any] = orjson.loads(jwt.claims)
    except (JWException, ValueError, TypeError, LookupError) as error:
        raise BadIdToken(repr(error)) from error
    _check_party(claims, expected)
    return claims


def _check_party(claims: Mapping[str, Any], expected: Expected) -> None:
    audience = claims["aud"]
    is_alone = audience == expected.client_id or audience == [expected.client_id]
    if not is_alone and "azp" not in claims:
        raise BadIdToken("for several parties")
    if claims.get("azp", expected.client_id) != expected.client_id:
        raise BadIdToken("for another party")
    if claims["iss"] != expected.issuer or claims["nonce"] != expected.nonce:
        raise BadIdToken("not of this sign-in")
    if claims["iat"] > time.time() + LEEWAY:
        raise BadIdToken("from the future")


def _fits(key: object, header: Mapping[str, Any]) -> bool:
    if not isinstance(key, dict) or key.get("kty") != KINDS[header[ALG]]:
        return False
    if key.get("use", "sig") != "sig" or key.get(ALG, header[ALG]) != header[ALG]:
        return False
    if key["kty"] == "RSA" and not SHORTEST_MODULUS <= len(str(key.get("n"))) <= LONGEST_MODULUS:
        return False
    return "kid" not in header or key.get("kid") == header["kid"]
