"""The refresh cookie: for our own pages and for nobody else."""

from __future__ import annotations

from dataclasses import replace
from http.cookies import Morsel, SimpleCookie
from typing import TYPE_CHECKING, Any

import pytest

from tests.auth.conftest import PASSWORD, PUBLIC_URL, Auth, Start

if TYPE_CHECKING:
    from services.auth.settings import Settings
    from shared.db import Pool

NAME = "meridian_refresh"


def cookie_of(auth: Auth) -> Morsel[str]:
    assert auth.last is not None
    lines = auth.last.headers.getall("Set-Cookie")
    (line,) = (line for line in lines if line.startswith(f"{NAME}="))
    return SimpleCookie(line)[NAME]


def sent(token: str, **headers: str) -> dict[str, Any]:
    return {"headers": {"Cookie": f"{NAME}={token}", **headers}, "json": {}}


async def test_login_sets_it_for_pages_only(auth: Auth) -> None:
    user = await auth.register()
    pair = await auth.login(user["username"])
    cookie = cookie_of(auth)
    assert cookie.value == pair["refresh_token"]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"]) == ("Strict", "/auth/api/v1")
    assert cookie["max-age"] == str(auth.settings.auth.refresh_seconds)
    assert not cookie["secure"]
    assert not cookie["domain"]


async def test_it_is_secure_behind_https(start: Start, settings: Settings) -> None:
    http = replace(settings.http, public_url="https://meridian.example")
    auth = await start(replace(settings, http=http))
    ann = await auth.newcomer()
    assert cookie_of(auth)["secure"]
    await auth.call("POST", "/logout", 204, ann["access_token"])
    assert cookie_of(auth)["secure"]


async def test_refresh_uses_and_renews_it(auth: Auth) -> None:
    ann = await auth.newcomer()
    pair = await auth.call("POST", "/refresh", 200, **sent(ann["refresh_token"]))
    assert cookie_of(auth).value == pair["refresh_token"]
    assert pair["refresh_token"] != ann["refresh_token"]


async def test_body_wins(auth: Auth) -> None:
    ann, bob = await auth.newcomer(), await auth.newcomer()
    body = {"refresh_token": bob["refresh_token"]}
    options = sent(ann["refresh_token"]) | {"json": body}
    pair = await auth.call("POST", "/refresh", 200, **options)
    assert (await auth.call("GET", "/me", 200, pair["access_token"]))["id"] == bob["id"]


async def test_without_any_token_it_is_refused(auth: Auth) -> None:
    problem = await auth.call("POST", "/refresh", 401, json={})
    assert problem["code"] == "REFRESH_FAILED"


async def test_logout_takes_it_back(auth: Auth) -> None:
    ann = await auth.newcomer()
    await auth.call("POST", "/logout", 204, ann["access_token"])
    cookie = cookie_of(auth)
    assert (cookie.value, cookie["max-age"], cookie["path"]) == ("", "0", "/auth/api/v1")


async def test_refusal_leaves_the_cookie_of_the_winner_alone(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    await auth.refresh(ann["refresh_token"])
    await db.execute("UPDATE auth.refresh_tokens SET used_at = used_at - interval '301 seconds'")
    await auth.call("POST", "/refresh", 401, **sent(ann["refresh_token"]))
    assert auth.last is not None
    assert "Set-Cookie" not in auth.last.headers


CALLERS: tuple[tuple[dict[str, str], int], ...] = (
    ({"Sec-Fetch-Site": "cross-site"}, 403),
    ({"Sec-Fetch-Site": "same-site"}, 403),
    ({"Sec-Fetch-Site": "none"}, 403),
    ({"Origin": "http://meridian.example.evil.example"}, 403),
    ({"Origin": "http://evil.example"}, 403),
    ({"Origin": "null"}, 403),
    ({"Origin": "http://["}, 403),
    ({"Sec-Fetch-Site": "same-origin"}, 200),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"}, 200),
    ({"Origin": "http://meridian.example"}, 200),
)


async def test_other_sites_cannot_use_it(auth: Auth) -> None:
    ann = await auth.newcomer()
    for headers, status in CALLERS:
        await auth.call("POST", "/refresh", status, **sent(ann["refresh_token"], **headers))


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": PUBLIC_URL}])
async def test_pages_have_the_token_in_the_cookie_only(auth: Auth, headers: dict[str, str]) -> None:
    user = await auth.register()
    pair = await auth.login(user["username"], headers=headers)
    assert set(pair) == {"access_token", "token_type", "expires_in"}
    token = cookie_of(auth).value
    renewed = await auth.call("POST", "/refresh", 200, **sent(token, **headers))
    assert "refresh_token" not in renewed
    assert cookie_of(auth).value not in str(renewed)
    await auth.call("GET", "/me", 200, renewed["access_token"])


async def test_forms_cannot_use_it(auth: Auth) -> None:
    ann = await auth.newcomer()
    for media in ("text/plain", "application/x-www-form-urlencoded"):
        headers = {"Cookie": f"{NAME}={ann['refresh_token']}", "Content-Type": media}
        await auth.call("POST", "/refresh", 415, headers=headers, data=b"{}")
        await auth.call("POST", "/refresh", 415, headers=headers)


async def test_the_cookie_is_no_access_token(auth: Auth) -> None:
    ann = await auth.newcomer()
    headers = {"Cookie": f"{NAME}={ann['refresh_token']}"}
    await auth.call("GET", "/me", 401, headers=headers)
    body = {"current_password": PASSWORD, "new_password": "nine red bikes at dawn"}
    await auth.call("POST", "/me/password", 401, headers=headers, json=body)
