"""Access tokens: what is in them, and every forgery we can think of."""

from __future__ import annotations

import asyncio
import base64
import time
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS
from jwcrypto.jwt import JWT

from shared.vault import Vault
from tests.auth.conftest import PUBLIC_URL, Auth, Start, parts_of

if TYPE_CHECKING:
    from services.auth.settings import Settings
    from shared.db import Pool


def encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(part)).rstrip(b"=").decode()


@pytest.fixture
async def key(auth: Auth, db: Pool) -> JWK:
    """The true private key, to forge with."""
    await auth.call("GET", "/.well-known/jwks.json", 200)
    sealed = await db.fetchval("SELECT private_key FROM auth.signing_keys")
    return JWK.from_json(Vault(auth.settings.shared.secret_keys).decrypt(sealed))


@pytest.fixture
async def genuine(auth: Auth) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a good token."""
    ann = await auth.newcomer()
    header, claims = parts_of(ann["access_token"])
    return header, claims


def sign(key: JWK, header: dict[str, Any], claims: dict[str, Any]) -> str:
    token = JWT(header=header, claims=claims)
    token.make_signed_token(key)
    return str(token.serialize())


async def test_token_says_what_was_agreed(auth: Auth) -> None:
    ann = await auth.newcomer()
    header, claims = parts_of(ann["access_token"])
    keys = (await auth.call("GET", "/.well-known/jwks.json", 200))["keys"]
    assert header == {"alg": "EdDSA", "typ": "at+jwt", "kid": keys[0]["kid"]}
    assert claims["iss"] == PUBLIC_URL
    assert claims["aud"] == "meridian"
    assert claims["sub"] == ann["id"]
    assert claims["name"] == ann["username"]
    assert claims["scope"].split() == ann["permissions"]
    assert claims["su"] is False
    assert claims["exp"] - claims["iat"] == 600
    assert uuid.UUID(claims["jti"]).version == 4
    assert claims.keys() == {
        "iss", "aud", "sub", "sid", "jti", "iat", "exp", "scope", "su", "rv", "name",
    }  # fmt: skip


async def test_forging_with_the_true_key_works(
    auth: Auth, key: JWK, genuine: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    """Shows that the refusals below are for what each of them changes."""
    await auth.call("GET", "/me", 200, sign(key, *genuine))


FORGED_HEADERS: tuple[dict[str, Any], ...] = (
    {"alg": "none"},
    {"alg": "NoNe"},
    {"alg": ""},
    {"alg": None},
    {"alg": ["EdDSA"]},
    {"alg": "eddsa"},
    {"alg": "Ed25519"},
    {"alg": "ES256"},
    {"typ": "JWT"},
    {"typ": None},
    {"typ": "application/at+jwt"},
    {"kid": "nobody"},
    {"kid": None},
    {"kid": 7},
    {"kid": ""},
    {"kid": "../../etc/passwd"},
    {"kid": "' OR 1=1 --"},
    {"jku": "http://evil.example/keys"},
    {"x5u": "http://evil.example/cert"},
    {"jwk": {"kty": "OKP"}},
    {"x5c": ["MIIB"]},
    {"crit": []},
    {"crit": ["unheard-of"], "unheard-of": 1},
    {"zip": "DEF"},
    {"enc": "A256GCM"},
    {"crit": ["exp"], "exp": 1},
    {"b64": False, "crit": ["b64"]},
    {"cty": "JWT"},
)
FORGED_CLAIMS: tuple[dict[str, Any], ...] = (
    {"iss": "http://evil.example"},
    {"iss": None},
    {"aud": "other"},
    {"aud": ["other", "another"]},
    {"aud": None},
    {"exp": None},
    {"exp": "soon"},
    {"exp": "99999999999"},
    {"exp": [99_999_999_999]},
    {"exp": {}},
    {"exp": 99_999_999_999},
    {"iat": None},
    {"iat": 99_999_999_999},
    {"sub": None},
    {"sub": "ann"},
    {"sub": 7},
    {"iat": "now"},
    {"iat": [1]},
    {"su": "true"},
    {"rv": "1"},
    {"scope": 7},
    {"nbf": 99_999_999_999},
    {"jti": None},
    {"sid": None},
    {"sid": "1"},
    {"scope": None},
    {"name": None},
)


def changed(part: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Change some fields; None takes a field away."""
    return {name: text for name, text in (part | changes).items() if text is not None}


async def test_forged_headers_are_refused(
    auth: Auth, key: JWK, genuine: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    header, claims = genuine
    signer: Any = key.get_op_key("sign")
    for changes in FORGED_HEADERS:
        message = f"{encoded(changed(header, changes))}.{encoded(claims)}"
        signature = base64.urlsafe_b64encode(signer.sign(message.encode())).rstrip(b"=")
        problem = await auth.call("GET", "/me", 401, f"{message}.{signature.decode()}")
        assert problem["code"] == "NOT_AUTHENTICATED", changes


async def test_forged_claims_are_refused(
    auth: Auth, key: JWK, genuine: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    header, claims = genuine
    for changes in FORGED_CLAIMS:
        token = sign(key, header, changed(claims, changes))
        problem = await auth.call("GET", "/me", 401, token)
        assert problem["code"] == "NOT_AUTHENTICATED", changes


def doubled(part: dict[str, Any], name: str, value: object) -> str:
    """Encode a part in which one member comes twice, once with this value."""
    more = orjson.dumps({name: value})[1:-1]
    text = b"{" + more + b"," + orjson.dumps(part)[1:]
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


async def test_member_that_comes_twice_is_refused(
    auth: Auth, key: JWK, genuine: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    header, claims = genuine
    signer: Any = key.get_op_key("sign")
    good = (encoded(header), encoded(claims))
    forged = [
        *((good[0], doubled(claims, name, value)) for name, value in (
            ("su", True), ("sub", str(uuid.uuid4())), ("exp", claims["exp"]), ("aud", "other"),
        )),
        *((doubled(header, name, value), good[1]) for name, value in (
            ("alg", "none"), ("kid", "nobody"), ("typ", "JWT"),
        )),
    ]  # fmt: skip
    for parts in (good, *forged):
        message = ".".join(parts)
        signature = base64.urlsafe_b64encode(signer.sign(message.encode())).rstrip(b"=")
        status = 200 if parts is good else 401
        await auth.call("GET", "/me", status, f"{message}.{signature.decode()}")


async def test_true_signature_of_another_key_is_refused(
    auth: Auth, key: JWK, genuine: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    other = JWK.generate(kty="OKP", crv="Ed25519", kid=key["kid"])
    await auth.call("GET", "/me", 401, sign(other, *genuine))


async def test_public_key_is_no_hmac_secret(
    auth: Auth, key: JWK, genuine: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    header, claims = genuine
    public = key.export_public(as_dict=True)["x"]
    secret = JWK(kty="oct", k=public)
    await auth.call("GET", "/me", 401, sign(secret, header | {"alg": "HS256"}, claims))


async def test_changed_claims_break_the_signature(auth: Auth) -> None:
    ann = await auth.newcomer()
    header, body, signature = ann["access_token"].split(".")
    claims = parts_of(ann["access_token"])[1] | {"su": True}
    await auth.call("GET", "/me", 401, f"{header}.{encoded(claims)}.{signature}")
    await auth.call("GET", "/me", 401, f"{header}.{body}.")
    await auth.call("GET", "/me", 401, f"{header}.{body}")
    await auth.call("GET", "/me", 200, ann["access_token"])


async def test_json_serialisation_is_refused(
    auth: Auth, key: JWK, genuine: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    header, claims = genuine
    token = JWS(orjson.dumps(claims))
    token.add_signature(key, None, protected=orjson.dumps(header).decode())
    await auth.call("GET", "/me", 401, token.serialize(compact=False))


async def test_other_kinds_of_tokens_are_refused(
    auth: Auth, key: JWK, genuine: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    header, claims = genuine
    ann = await auth.newcomer()
    secret = JWK.generate(kty="oct", size=256, kid=key["kid"])
    sealed = JWT(header=header | {"alg": "dir", "enc": "A256GCM"}, claims=claims)
    sealed.make_encrypted_token(secret)
    inner = JWS(ann["access_token"].encode())
    inner.add_signature(key, None, protected=orjson.dumps(header).decode())
    forged = (
        ann["refresh_token"],
        sealed.serialize(),
        inner.serialize(compact=True),
        f"{ann['access_token']}.x.y",
        f" {ann['access_token']}x",
        sign(key, header, claims | {"name": "n" * 5300}),
        sign(JWK.generate(kty="EC", crv="P-256"), header | {"alg": "ES256"}, claims),
    )
    for token in forged:
        problem = await auth.call("GET", "/me", 401, token)
        assert problem["code"] == "NOT_AUTHENTICATED", token


async def test_garbage_is_refused(auth: Auth) -> None:
    long = f"Bearer {'a' * 8000}"
    deep = [base64.urlsafe_b64encode(text * 1000).decode().rstrip("=") for text in (b"[", b'{"a":')]
    nested = [f"Bearer {head}.e30.x" for head in deep]
    plain = ("", "Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "Basic YTpi", long)
    for header in (*plain, *nested):
        problem = await auth.call("GET", "/me", 401, headers={"Authorization": header})
        assert problem["code"] == "NOT_AUTHENTICATED"
        assert auth.last is not None
        assert auth.last.headers["WWW-Authenticate"].startswith("Bearer")


async def test_token_expires(start: Start, settings: Settings) -> None:
    auth = await start(replace(settings, auth=replace(settings.auth, access_seconds=1)))
    ann = await auth.newcomer()
    assert ann["expires_in"] == 1
    await auth.call("GET", "/me", 200, ann["access_token"])
    await asyncio.sleep(3.2)
    problem = await auth.call("GET", "/me", 401, ann["access_token"])
    assert problem["code"] == "TOKEN_EXPIRED"
    fresh = await auth.refresh(ann["refresh_token"])
    await auth.call("GET", "/me", 200, fresh["access_token"])


async def test_token_that_came_expired_is_refused(
    auth: Auth, key: JWK, genuine: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    header, claims = genuine
    past = {"iat": int(time.time()) - 610, "exp": int(time.time()) - 10}
    problem = await auth.call("GET", "/me", 401, sign(key, header, claims | past))
    assert problem["code"] == "TOKEN_EXPIRED"


async def test_verify(auth: Auth) -> None:
    ann = await auth.newcomer()
    wanted = {"permissions": ["files.view", "files.upload"]}
    answer = await auth.call("POST", "/verify", 200, ann["access_token"], json=wanted)
    assert answer["user_id"] == ann["id"]
    assert answer["permissions"] == ann["permissions"]
    assert answer["is_superuser"] is False
    wanted = {"permissions": ["files.view", "servers.create"]}
    problem = await auth.call("POST", "/verify", 403, ann["access_token"], json=wanted)
    assert problem["code"] == "PERMISSION_DENIED"
    assert "servers.create" in problem["detail"]
    assert "files.view" not in problem["detail"]
    await auth.call("POST", "/verify", 401, json=wanted)
    await auth.call("POST", "/verify", 422, ann["access_token"], json={"permissions": "files"})


async def test_superuser_may_do_everything(auth: Auth, db: Pool) -> None:
    user = await auth.register()
    await db.execute("UPDATE auth.users SET is_superuser = true")
    pair = await auth.login(user["username"])
    wanted = {"permissions": ["servers.create", "something.unheard_of"]}
    answer = await auth.call("POST", "/verify", 200, pair["access_token"], json=wanted)
    assert answer["is_superuser"] is True
    known = await db.fetchval("SELECT array_agg(name ORDER BY name) FROM auth.permissions")
    assert answer["permissions"] == known
