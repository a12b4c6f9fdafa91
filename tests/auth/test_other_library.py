"""The documented way to verify our tokens, with another library than ours."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from aiohttp import DummyCookieJar
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.auth.app import make_auth
from shared.vault import Vault
from tests.auth.conftest import Auth, parts_of
from tests.free_port import free_port

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.auth.settings import Settings
    from shared.db import Pool
    from tests.auth.conftest import Serve

PAGE = Path(__file__).parents[2] / "docs" / "verify-tokens.md"
CODE = re.compile("```python\\n(.*?)```", re.DOTALL)
EXAMPLE = "https://files.example.com"
MOST_LINES = 20


@pytest.fixture
async def auth(settings: Settings, aiohttp_client: Serve) -> Auth:
    """A service at the address that its tokens name."""
    port = free_port()
    http = replace(settings.http, public_url=f"http://127.0.0.1:{port}")
    here = replace(settings, http=http)
    server = TestServer(make_auth(here), port=port)
    client = await aiohttp_client(server, cookie_jar=DummyCookieJar())
    async with client.get("/auth/api/openapi.json") as answer:
        return Auth(client, here, await answer.json())


def documented(issuer: str) -> Callable[[str], dict[str, Any]]:
    """The function that the page shows, for another issuer."""
    (code,) = CODE.findall(PAGE.read_text(encoding="utf-8"))
    assert len(code.splitlines()) <= MOST_LINES
    assert EXAMPLE in code
    names: dict[str, Any] = {}
    exec(code.replace(EXAMPLE, issuer), names)
    read: Callable[[str], dict[str, Any]] = names["read_token"]
    return read


async def test_documented_code_takes_our_tokens_and_no_others(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    read = documented(auth.settings.http.public_url)
    claims = await asyncio.to_thread(read, ann["access_token"])
    assert (claims["sub"], claims["name"]) == (ann["id"], ann["username"])
    assert claims["scope"].split() == ann["permissions"]

    header = {name: parts_of(ann["access_token"])[0][name] for name in ("kid", "typ")}
    sealed = await db.fetchval("SELECT private_key FROM auth.signing_keys")
    own = jwt.PyJWK.from_json(Vault(auth.settings.shared.secret_keys).decrypt(sealed)).key
    made = jwt.encode(claims, own, "EdDSA", header)
    assert await asyncio.to_thread(read, made) == claims
    stranger = Ed25519PrivateKey.generate()
    past = {"iat": int(time.time()) - 700, "exp": int(time.time()) - 100}
    forged = {
        "no signature": jwt.encode(claims, "", "none", header),
        "another key": jwt.encode(claims, stranger, "EdDSA", header),
        "an unknown key": jwt.encode(claims, stranger, "EdDSA", header | {"kid": "x"}),
        "an HMAC": jwt.encode(claims, "s" * 32, "HS256", header),
        "another type": jwt.encode(claims, own, "EdDSA", header | {"typ": "JWT"}),
        "another issuer": jwt.encode(claims | {"iss": EXAMPLE}, own, "EdDSA", header),
        "another audience": jwt.encode(claims | {"aud": "x"}, own, "EdDSA", header),
        "too old": jwt.encode(claims | past, own, "EdDSA", header),
        "a refresh token": ann["refresh_token"],
    }
    for name, token in forged.items():
        with pytest.raises(jwt.PyJWTError):
            pytest.fail(f"{name}: {await asyncio.to_thread(read, token)}")
