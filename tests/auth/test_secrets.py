"""What is secret stays out of logs, answers and the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import DummyCookieJar

from tests.auth.conftest import PASSWORD, Neighbour, bearer

if TYPE_CHECKING:
    from services.auth.settings import Settings
    from shared.db import Pool

ACCOUNT = {"username": "ann", "email": "ann@example.com", "password": PASSWORD}
SHORT = "a short one"


async def test_secrets_are_not_logged(settings: Settings, neighbour: Neighbour, db: Pool) -> None:
    secrets = [PASSWORD, SHORT, *settings.shared.secret_keys]
    async with aiohttp.ClientSession(cookie_jar=DummyCookieJar()) as session:

        async def post(path: str, status: int, body: Any = None, **headers: str) -> Any:
            url = neighbour.url + path
            async with session.post(url, json=body, headers=headers) as answer:
                assert answer.status == status, await answer.text()
                return await answer.json() if answer.content_length else None

        await post("/register", 201, ACCOUNT)
        await post("/register", 409, ACCOUNT)
        await post("/register", 422, ACCOUNT | {"password": SHORT, "username": "bob"})
        await post("/login", 401, {"username": "ann", "password": SHORT})
        pair = await post("/login", 200, {"username": "ann", "password": PASSWORD})
        nxt = await post("/refresh", 200, {"refresh_token": pair["refresh_token"]})
        await post("/refresh", 200, {}, Cookie=f"meridian_refresh={nxt['refresh_token']}")
        await post("/refresh", 401, {"refresh_token": pair["refresh_token"]})
        await post("/verify", 401, {}, **bearer(nxt["access_token"]))
        await db.execute("ALTER TABLE auth.users RENAME TO people")
        await post("/login", 500, {"username": "ann", "password": PASSWORD})
        await post("/register", 500, ACCOUNT)
        secrets += [pair["access_token"], pair["refresh_token"], nxt["refresh_token"]]
        secrets += [nxt["access_token"], nxt["access_token"].rpartition(".")[2]]
    log = await neighbour.stop()
    assert "/auth/api/v1/login" in log
    assert "Traceback" in log
    for secret in secrets:
        assert secret not in log


async def test_password_is_stored_only_as_a_hash(neighbour: Neighbour, db: Pool) -> None:
    url = f"{neighbour.url}/register"
    async with aiohttp.ClientSession() as session, session.post(url, json=ACCOUNT) as answer:
        assert answer.status == 201
        assert PASSWORD not in await answer.text()
    row = await db.fetchval("SELECT row_to_json(users)::text FROM auth.users")
    assert PASSWORD not in row
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in row
