"""Signing keys: made once, sealed, published, rotated without a single refusal."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientSession, DummyCookieJar, web
from aiohttp.test_utils import TestServer
from jwcrypto.jwk import JWK

from services.auth.signing.issuer import NOTICE, RETIRE_AFTER
from shared.tokens.keys import JwkCache, KeysUnavailable
from shared.vault import new_key
from tests.auth.conftest import API, parts_of, run_command
from tests.auth.reader import make_reader, status_at
from tests.free_port import free_port
from tests.world.calm import calm_clock, calm_timeout

if TYPE_CHECKING:
    from services.auth.settings import Settings
    from shared.db import Pool
    from tests.auth.conftest import Auth, Serve, Start

JWKS = "/.well-known/jwks.json"
# As if everything in the table had happened that much earlier.
PASS_TIME = """
UPDATE auth.signing_keys SET created_at = created_at - make_interval(secs => $1),
    retired_at = retired_at - make_interval(secs => $1)
"""


def kid_of(pair: dict[str, Any]) -> Any:
    return parts_of(pair["access_token"])[0]["kid"]


async def published(auth: Auth) -> list[Any]:
    return [key["kid"] for key in (await auth.call("GET", JWKS, 200))["keys"]]


async def test_key_document_is_public_and_cacheable(auth: Auth) -> None:
    document = await auth.call("GET", JWKS, 200)
    (key,) = document["keys"]
    assert key.keys() == {"kty", "crv", "x", "kid", "use", "alg"}
    assert JWK(**key).thumbprint() == key["kid"]
    assert auth.last is not None
    assert auth.last.headers["Cache-Control"] == "public, max-age=300"


async def test_private_key_is_sealed(auth: Auth, db: Pool) -> None:
    await auth.call("GET", JWKS, 200)
    (row,) = await db.fetch("SELECT public_jwk, private_key FROM auth.signing_keys")
    assert b'"d"' not in row["private_key"]
    assert row["private_key"].startswith(b"gAAAA")
    assert "d" not in row["public_jwk"]


async def test_many_starts_make_one_key(start: Start, settings: Settings, db: Pool) -> None:
    services = await asyncio.gather(*(start(settings) for _ in range(6)))
    kids = [await published(auth) for auth in services]
    assert await db.fetchval("SELECT count(*) FROM auth.signing_keys") == 1
    assert all(known == kids[0] for known in kids)


async def test_wrong_vault_key_gives_503_and_makes_no_new_key(
    auth: Auth, start: Start, settings: Settings, db: Pool
) -> None:
    user = await auth.register()
    shared = replace(settings.shared, secret_keys=(new_key(),))
    blind = await start(replace(settings, shared=shared))
    body = {"username": user["username"], "password": "x"}
    problem = await blind.call("POST", "/login", 503, json=body)
    assert problem["code"] == "AUTH_UNAVAILABLE"
    assert blind.last is not None
    assert int(blind.last.headers["Retry-After"]) >= 1
    assert await db.fetchval("SELECT count(*) FROM auth.signing_keys") == 1


async def test_rotation_refuses_no_good_token(start: Start, settings: Settings, db: Pool) -> None:
    before = await start(settings)
    ann = await before.newcomer()
    finished = await run_command(settings, "rotate-keys")
    assert finished.code == 0, finished.err
    new = finished.out.split()[-1]

    # At once: published, not yet signing. A verifier of five minutes ago still knows the signer.
    announced = await start(settings)
    assert await published(announced) == [new, kid_of(ann)]
    assert kid_of(await announced.login(ann["username"])) == kid_of(ann)

    # Everybody has read it: it signs, and the old tokens are still good.
    await db.execute(PASS_TIME, NOTICE)
    signing = await start(settings)
    assert kid_of(await signing.login(ann["username"])) == new
    await signing.call("GET", "/me", 200, ann["access_token"])

    # The last old token has expired: the old key is gone.
    await db.execute(PASS_TIME, RETIRE_AFTER - NOTICE)
    after = await start(settings)
    assert await published(after) == [new]
    await after.call("GET", "/me", 401, ann["access_token"])


async def test_operator_sees_which_key_does_what(
    start: Start, settings: Settings, db: Pool
) -> None:
    assert (await run_command(settings, "keys")).out == "no key yet\n"
    auth = await start(settings)
    (first,) = await published(auth)

    async def told() -> list[tuple[str, str]]:
        out = (await run_command(settings, "keys")).out
        return [(line.split()[0], line.split()[1]) for line in out.splitlines()]

    assert await told() == [(first, "current:")]
    await run_command(settings, "rotate-keys")
    (second, _), (_, what) = await told()
    assert (await told())[0] == (second, "next:")
    assert what == "current:"
    await db.execute(PASS_TIME, NOTICE + 1)
    assert await told() == [(second, "current:"), (first, "retired:")]
    await db.execute(PASS_TIME, RETIRE_AFTER)
    assert await told() == [(second, "current:"), (first, "over:")]


async def test_leaked_key_is_dropped_at_once(start: Start, settings: Settings) -> None:
    before = await start(settings)
    ann = await before.newcomer()
    finished = await run_command(settings, "rotate-keys", "--now")
    assert finished.code == 0, finished.err
    after = await start(settings)
    assert await published(after) == [finished.out.split()[-1]]
    await after.call("GET", "/me", 401, ann["access_token"])
    await after.call("GET", "/me", 200, (await after.refresh(ann["refresh_token"]))["access_token"])


async def test_leaked_key_is_refused_everywhere_in_no_time(
    start: Start, settings: Settings, redis_url: str, aiohttp_client: Serve
) -> None:
    running, other = await start(settings), await start(settings)
    url = str(other.client.make_url(f"{API}{JWKS}"))
    reader = await aiohttp_client(make_reader(redis_url, url), cookie_jar=DummyCookieJar())
    ann = await running.newcomer()
    old = ann["access_token"]
    for _ in range(2):
        assert await status_at(reader, old) == 200
    await running.call("GET", "/me", 200, old)
    finished = await run_command(settings, "rotate-keys", "--now")
    assert finished.code == 0, finished.err
    with calm_clock() as passed:
        async with asyncio.timeout(15):
            while await status_at(reader, old) != 401:
                await asyncio.sleep(0.01)
        assert passed() < 2
    for auth in (running, other):
        await auth.call("GET", "/me", 401, old)
    pair = await running.refresh(ann["refresh_token"])
    assert kid_of(pair) == finished.out.split()[-1]
    with calm_clock() as passed:
        async with asyncio.timeout(15):
            while await status_at(reader, pair["access_token"]) != 200:
                await asyncio.sleep(0.01)
        assert passed() < 2
    assert await status_at(reader, old) == 401


async def test_dropped_key_never_comes_back() -> None:
    keys = {name: JWK.generate(kty="OKP", crv="Ed25519") for name in ("leaked", "new")}
    shown = ["leaked"]

    async def load() -> dict[str, JWK]:
        return {name: keys[name] for name in shown}

    cache = JwkCache(load)
    assert await cache.find("leaked") is keys["leaked"]
    generation = cache.generation
    cache.drop("leaked")
    assert cache.generation > generation
    shown.append("new")
    # An auth process that has not heard yet still shows it.
    assert await cache.find("leaked") is None
    assert await cache.find("new") is keys["new"]
    await cache.close()


async def test_keys_outlive_the_auth_service(
    auth: Auth, redis_url: str, aiohttp_client: Serve
) -> None:
    ann, bob = await auth.newcomer(), await auth.newcomer()
    url = str(auth.client.make_url(f"{API}{JWKS}"))
    reader = await aiohttp_client(make_reader(redis_url, url))
    assert await status_at(reader, ann["access_token"]) == 200
    await auth.client.close()
    assert await status_at(reader, bob["access_token"]) == 200


async def test_without_any_key_it_is_503_until_auth_is_there(
    start: Start, settings: Settings, redis_url: str, aiohttp_client: Serve
) -> None:
    ann = await (await start(settings)).newcomer()
    port = free_port()
    url = f"http://127.0.0.1:{port}{API}{JWKS}"
    reader = await aiohttp_client(make_reader(redis_url, url), cookie_jar=DummyCookieJar())
    headers = {"Authorization": f"Bearer {ann['access_token']}"}
    async with reader.get("/reader/api/v1/whoami", headers=headers) as answer:
        problem = await answer.json()
        assert (answer.status, problem["code"]) == (503, "AUTH_UNAVAILABLE")
        assert int(answer.headers["Retry-After"]) >= 1

    async def relay(_: web.Request) -> web.Response:
        auth = await start(settings)
        return web.json_response(await auth.call("GET", JWKS, 200))

    app = web.Application()
    app.router.add_get(f"{API}{JWKS}", relay)
    server = TestServer(app, port=port)
    await server.start_server()
    async with calm_timeout(5):
        while await status_at(reader, ann["access_token"]) == 503:
            await asyncio.sleep(0.1)
    assert await status_at(reader, ann["access_token"]) == 200
    await server.close()


@pytest.mark.parametrize(
    "document",
    ["{}", "[]", '{"keys": []}', '{"keys": [{}]}', '{"keys": 1}', "no json",
     '{"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "a", "x": "?"}]}',
     '{"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "a"}]}'],
)  # fmt: skip
async def test_strange_key_document_is_503(
    redis_url: str, aiohttp_client: Serve, document: str, auth: Auth
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=document, content_type="application/json")

    app = web.Application()
    app.router.add_get("/keys", answer)
    server = TestServer(app)
    await server.start_server()
    reader = await aiohttp_client(make_reader(redis_url, str(server.make_url("/keys"))))
    ann = await auth.newcomer()
    assert await status_at(reader, ann["access_token"]) == 503
    await server.close()


async def test_unknown_key_id_asks_again_but_not_each_time() -> None:
    loads = 0
    keys = {"one": JWK.generate(kty="OKP", crv="Ed25519")}

    async def load() -> dict[str, JWK]:
        nonlocal loads
        loads += 1
        return dict(keys)

    cache = JwkCache(load)
    assert await cache.find("one") is keys["one"]
    for _ in range(50):
        assert await cache.find("forged") is None
    assert loads == 1


async def test_many_at_once_load_once() -> None:
    loads = 0

    async def load() -> dict[str, JWK]:
        nonlocal loads
        loads += 1
        await asyncio.sleep(0.05)
        return {"one": JWK.generate(kty="OKP", crv="Ed25519")}

    cache = JwkCache(load)
    found = await asyncio.gather(*(cache.find("one") for _ in range(100)))
    assert all(found)
    assert loads == 1


async def test_old_keys_stay_while_new_ones_cannot_be_read() -> None:
    key = JWK.generate(kty="OKP", crv="Ed25519")
    answers: list[dict[str, JWK]] = [{"one": key}]

    async def load() -> dict[str, JWK]:
        if not answers:
            raise KeysUnavailable("away")
        return answers.pop()

    cache = JwkCache(load, max_age=0)
    assert await cache.find("one") is key
    generation = cache.generation
    await cache.refresh()
    await asyncio.sleep(0.01)
    assert await cache.find("one") is key
    assert cache.generation == generation
    await cache.close()


async def test_redirect_to_other_keys_is_not_followed(
    auth: Auth, redis_url: str, aiohttp_client: Serve
) -> None:
    async def elsewhere(_: web.Request) -> web.Response:
        raise web.HTTPFound(str(auth.client.make_url(f"{API}{JWKS}")))

    app = web.Application()
    app.router.add_get("/keys", elsewhere)
    server = TestServer(app)
    await server.start_server()
    async with ClientSession() as session, session.get(server.make_url("/keys")) as answer:
        assert answer.status == 200
    reader = await aiohttp_client(make_reader(redis_url, str(server.make_url("/keys"))))
    ann = await auth.newcomer()
    assert await status_at(reader, ann["access_token"]) == 503
    await server.close()
