"""An OpenID Connect provider over real HTTP: honest, or lying as a test wants it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlencode

import orjson
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from jwcrypto.jwk import JWK
from jwcrypto.jwt import JWT

CLIENT, SECRET = "meridian", "a secret: with / signs & blanks"
KEY = JWK.generate(kty="RSA", size=2048, kid="one")  # takes longer than most tests


def unpadded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def s256(verifier: str) -> str:
    return unpadded(hashlib.sha256(verifier.encode()).digest())


@dataclass(slots=True)
class Account:
    """Somebody who has an account there."""

    sub: str = field(default_factory=lambda: secrets.token_hex(8))
    email: str | None = None
    email_verified: Any = True
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def claims(self) -> dict[str, Any]:
        told = {"sub": self.sub, "email": self.email, "email_verified": self.email_verified}
        return {name: part for name, part in (told | self.more).items() if part is not None}


@dataclass(slots=True)
class Oidc:
    """The provider. What is in `lies` replaces what it would say by itself; None leaves it out."""

    account: Account = field(default_factory=Account)
    key: JWK = KEY
    alg: str = "RS256"
    lies: dict[str, dict[str, Any]] = field(default_factory=dict)
    delay: dict[str, float] = field(default_factory=dict)
    raw: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    forgets_codes: bool = True
    in_userinfo_only: bool = False
    asked: list[str] = field(default_factory=list)
    server: TestServer = field(init=False)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    async def start(self) -> None:
        app = web.Application(middlewares=(self._note,))
        app.router.add_get("/.well-known/openid-configuration", self.discovery)
        app.router.add_get("/jwks", self.jwks)
        app.router.add_get("/authorize", self.authorize)
        app.router.add_post("/token", self.token)
        app.router.add_get("/userinfo", self.userinfo)
        self.server = TestServer(app)
        await self.server.start_server()

    def told(self, where: str, honest: dict[str, Any]) -> dict[str, Any]:
        lies = self.lies.get(where, {})
        return {name: part for name, part in (honest | lies).items() if part is not None}

    @web.middleware
    async def _note(self, request: web.Request, handler: Any) -> web.StreamResponse:
        name = request.path.rpartition("/")[2]
        self.asked.append(name)
        await asyncio.sleep(self.delay.get(name, 0))
        if name in self.raw:
            status, body = self.raw[name]
            return web.Response(status=status, body=body, content_type="application/json")
        answer: web.StreamResponse = await handler(request)
        return answer

    async def discovery(self, _: web.Request) -> web.Response:
        honest = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "id_token_signing_alg_values_supported": [self.alg],
        }
        return web.json_response(self.told("discovery", honest))

    async def jwks(self, _: web.Request) -> web.Response:
        public = self.key.export_public(as_dict=True)
        return web.json_response(self.told("jwks", {"keys": [public]}))

    async def authorize(self, request: web.Request) -> web.Response:
        asked = dict(request.query)
        self.last = asked
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        back = self.told("return", {"code": code, "state": asked["state"], "scope": "openid"})
        raise web.HTTPFound(f"{asked['redirect_uri']}?{urlencode(back)}")

    async def token(self, request: web.Request) -> web.Response:
        form = dict(await request.post())
        grant = self.codes.get(str(form.get("code")))
        if grant and self.forgets_codes:
            self.codes.pop(str(form["code"]))
        if grant is None or not self._knows(request, form):
            return web.json_response({"error": "invalid_grant"}, status=400)
        assert s256(str(form["code_verifier"])) == grant["code_challenge"]
        assert form["redirect_uri"] == grant["redirect_uri"]
        honest = {"access_token": "at", "token_type": "Bearer", "id_token": self.id_token(grant)}
        return web.json_response(self.told("token", honest))

    def _knows(self, request: web.Request, form: dict[str, Any]) -> bool:
        scheme, _, packed = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            client, _, secret = base64.b64decode(packed).decode().partition(":")
            return (unquote(client), unquote(secret)) == (CLIENT, SECRET)
        return (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)

    def id_token(self, grant: dict[str, str]) -> str:
        now = int(time.time())
        about = {"sub": self.account.sub} if self.in_userinfo_only else self.account.claims
        honest = about | {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": grant["nonce"],
        }
        header = self.told("header", {"alg": self.alg, "kid": self.key["kid"]})
        claims = self.told("claims", honest)
        if "crit" in header:
            return self._sign_by_hand(header, claims)
        token = JWT(header=orjson.dumps(header).decode(), claims=claims)
        token.make_signed_token(self.key)
        return str(token.serialize())

    def _sign_by_hand(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """The library refuses to make some tokens, which we must refuse to take."""
        message = f"{unpadded(orjson.dumps(header))}.{unpadded(orjson.dumps(claims))}"
        key: Any = self.key.get_op_key("sign")
        signature = key.sign(message.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{message}.{unpadded(signature)}"

    async def userinfo(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer at"
        return web.json_response(self.told("userinfo", self.account.claims))
