"""Guessing is slowed down, and the owner is never the one who waits."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from http.cookies import SimpleCookie
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from argon2 import PasswordHasher

from services.auth.attempts import lanes
from services.auth.attempts.known_devices import DeviceMarks, KnownDevice
from services.auth.attempts.lanes import ACCOUNT, ADDRESS, KNOWN
from shared.throttle.counts import Counts
from shared.throttle.lanes import Lane
from shared.vault import new_key
from tests.auth.conftest import API, PASSWORD, Auth, Start, bearer, parts_of

if TYPE_CHECKING:
    from services.auth.settings import Settings
    from shared.db import Pool
    from tests.conftest import Tell

HOME, OFFICE = "198.51.100.7", "198.51.100.8"
WRONG = f"not {PASSWORD}"


@pytest.fixture
async def auth(start: Start, settings: Settings) -> Auth:
    """A service that believes what a proxy says of addresses."""
    http = replace(settings.http, trusted_proxies=(ip_network("127.0.0.0/8"),))
    return await start(replace(settings, http=http))


def stranger(number: int) -> str:
    return f"203.0.113.{number}"


async def attempt(
    auth: Auth, name: str, password: str, address: str, status: int, cookie: str = ""
) -> Any:
    body = {"username": name, "password": password}
    headers = {"X-Forwarded-For": address} | ({"Cookie": cookie} if cookie else {})
    return await auth.call("POST", "/login", status, json=body, headers=headers)


async def close_account(auth: Auth, name: str) -> None:
    """Let strangers guess until they have to wait."""
    for number in range(ACCOUNT.free + 1):
        await attempt(auth, name, WRONG, stranger(number), 401)


def device_cookie(auth: Auth) -> str:
    assert auth.last is not None
    lines = auth.last.headers.getall("Set-Cookie")
    (line,) = (line for line in lines if line.startswith("meridian_device="))
    morsel = SimpleCookie(line)["meridian_device"]
    assert morsel["httponly"]
    assert (morsel["samesite"], morsel["path"]) == ("Strict", "/auth/api/v1")
    return f"meridian_device={morsel.value}"


async def test_strangers_wait_wherever_they_are(auth: Auth) -> None:
    user = await auth.register()
    await close_account(auth, user["username"])
    for password in (WRONG, PASSWORD):
        problem = await attempt(auth, user["username"].upper(), password, stranger(99), 429)
        assert problem["code"] == "TOO_MANY_ATTEMPTS"
        assert auth.last is not None
        assert int(auth.last.headers["Retry-After"]) > ACCOUNT.longest / 2


async def test_wait_grows_and_ends(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "ACCOUNT", ACCOUNT)
    user = await auth.register()
    await close_account(auth, user["username"])
    await asyncio.sleep(1.05)
    await attempt(auth, user["username"], WRONG, stranger(99), 401)
    await attempt(auth, user["username"], PASSWORD, stranger(99), 429)
    assert auth.last is not None
    assert auth.last.headers["Retry-After"] == "2"
    await asyncio.sleep(2.05)
    await attempt(auth, user["username"], PASSWORD, stranger(99), 200)


async def test_owner_on_a_known_device_gets_in_at_once(auth: Auth) -> None:
    user = await auth.register()
    await attempt(auth, user["username"], PASSWORD, OFFICE, 200)
    cookie = device_cookie(auth)
    await close_account(auth, user["username"])
    await attempt(auth, user["username"], PASSWORD, stranger(99), 429)
    await attempt(auth, user["username"], PASSWORD, stranger(99), 200, cookie)
    # It is known by its newest session, from now on.
    assert device_cookie(auth) != cookie


async def test_owner_at_a_known_place_gets_in_at_once(auth: Auth, db: Pool) -> None:
    user = await auth.register()
    await attempt(auth, user["username"], PASSWORD, HOME, 200)
    await close_account(auth, user["username"])
    await attempt(auth, user["username"], PASSWORD, OFFICE, 429)
    await attempt(auth, user["username"], PASSWORD, HOME, 200)
    await db.execute("UPDATE auth.sessions SET last_seen_at = now() - interval '31 days'")
    await attempt(auth, user["username"], PASSWORD, HOME, 429)


async def test_nobody_passes_for_a_known_device(auth: Auth) -> None:
    ann, bob = await auth.register(), await auth.register()
    await attempt(auth, bob["username"], PASSWORD, OFFICE, 200)
    of_bob = device_cookie(auth)
    of_elsewhere = DeviceMarks([new_key()]).make(KnownDevice(UUID(ann["id"]), uuid4()))
    await close_account(auth, ann["username"])
    for cookie in (
        of_bob,
        f"meridian_device={of_elsewhere}",
        "meridian_device=x",
        "meridian_device=",
    ):
        await attempt(auth, ann["username"], PASSWORD, stranger(99), 429, cookie)


async def test_known_device_cannot_guess_for_ever(auth: Auth) -> None:
    user = await auth.register()
    await attempt(auth, user["username"], PASSWORD, OFFICE, 200)
    cookie = device_cookie(auth)
    for _ in range(11):
        await attempt(auth, user["username"], WRONG, stranger(99), 401, cookie)
    await attempt(auth, user["username"], PASSWORD, stranger(99), 429, cookie)
    # And it has spent nothing of what strangers have.
    await attempt(auth, user["username"], PASSWORD, stranger(99), 200)


@pytest.mark.parametrize(
    ("address", "neighbour", "other"),
    [
        (stranger(1), stranger(1), stranger(2)),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::", "2001:db8:1:3::1"),
    ],
)
async def test_one_address_cannot_try_everybody(
    auth: Auth, address: str, neighbour: str, other: str
) -> None:
    user = await auth.register()
    for number in range(ADDRESS.free + 1):
        await attempt(auth, f"nobody-{number}", WRONG, address, 401)
    await attempt(auth, user["username"], PASSWORD, neighbour, 429)
    await attempt(auth, user["username"], PASSWORD, other, 200)


async def test_throttle_does_not_tell_who_is_there(auth: Auth) -> None:
    user = await auth.register()
    seen = []
    for name in (user["username"], "nobody-of-this-name"):
        answers = []
        for number in range(ACCOUNT.free + 2):
            body = {"username": name, "password": WRONG}
            headers = {"X-Forwarded-For": stranger(number)}
            async with auth.client.post(f"{API}/login", json=body, headers=headers) as answer:
                problem = await answer.json()
                del problem["request_id"]
                answers.append((answer.status, problem, answer.headers.get("Retry-After")))
        seen.append(answers)
    assert seen[0] == seen[1]
    assert [status for status, _, _ in seen[0]] == [*[401] * 6, 429]


async def test_a_flood_is_stopped_before_it_is_hashed(
    auth: Auth, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await auth.register()
    hashed = 0
    verify = PasswordHasher.verify

    def spy(hasher: PasswordHasher, stored: str, password: bytes) -> bool:
        nonlocal hashed
        hashed += 1
        return verify(hasher, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", spy)

    async def status(number: int) -> int:
        body = {"username": user["username"], "password": WRONG}
        headers = {"X-Forwarded-For": stranger(number)}
        async with auth.client.post(f"{API}/login", json=body, headers=headers) as answer:
            return answer.status

    statuses = Counter(await asyncio.gather(*(status(number) for number in range(100))))
    assert statuses == {401: hashed, 429: 100 - hashed}
    assert hashed <= ACCOUNT.at_once + ACCOUNT.free


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/me/proof", {"password": WRONG}),
        (
            "/me/password",
            {"current_password": WRONG, "new_password": "nine red bikes at dawn"},
        ),
    ],
)
async def test_stolen_session_cannot_guess_the_password(
    auth: Auth, path: str, body: dict[str, str]
) -> None:
    ann = await auth.newcomer()
    other = await auth.login(ann["username"])
    for _ in range(ACCOUNT.free + 1):
        problem = await auth.call("POST", path, 401, ann["access_token"], json=body)
        assert problem["code"] == "WRONG_PASSWORD"
    await auth.call("POST", path, 429, ann["access_token"], json=body)
    await auth.call("POST", "/me/proof", 204, other["access_token"], json={"password": PASSWORD})


async def test_asking_which_names_are_taken_is_slowed_down(auth: Auth) -> None:
    user = await auth.register()
    body = {"username": user["username"], "email": "x@example.com", "password": PASSWORD}
    headers = {"X-Forwarded-For": stranger(1)}
    for _ in range(ADDRESS.free + 1):
        await auth.call("POST", "/register", 409, json=body, headers=headers)
    free = body | {"username": "free-name"}
    await auth.call("POST", "/register", 429, json=free, headers=headers)
    await auth.call("POST", "/register", 201, json=free)


async def test_who_signs_in_right_never_waits(auth: Auth) -> None:
    """Many people behind one address, or one program that signs in again and again."""
    people = [await auth.register() for _ in range(2)]
    for _ in range(ADDRESS.free + 2):
        await attempt(auth, people[0]["username"], PASSWORD, OFFICE, 200)
    logins = (attempt(auth, people[1]["username"], PASSWORD, OFFICE, 200) for _ in range(16))
    await asyncio.gather(*logins)


async def guesses(addresses: int, seconds: int) -> int:
    """Count the guesses at one account that go through in so many seconds."""
    now = 0.0
    counts = Counts(lambda: now)
    account = Lane("account", "ann", ACCOUNT)
    lanes = [Lane("address", f"{number}", ADDRESS) for number in range(addresses)]
    guessed = 0
    while now < seconds:
        for lane in lanes:
            begun = [one for one in (lane, account) if await counts.begin(one) == 0]
            for one in begun:
                await counts.end(one, has_failed=len(begun) == 2)
            guessed += len(begun) == 2
        now += 1
    return guessed


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_a_thousand_addresses_guess_no_faster_than_one(tell: Tell) -> None:
    one, thousand = await guesses(1, 3600), await guesses(1000, 3600)
    tell(guesses_an_hour={"from_1_address": one, "from_1000_addresses": thousand})
    assert one <= 40
    assert thousand <= 40


async def test_bearer_of_a_good_token_is_never_throttled(auth: Auth) -> None:
    ann = await auth.newcomer()
    await close_account(auth, ann["username"])
    headers = {"X-Forwarded-For": stranger(1), **bearer(ann["access_token"])}
    await auth.call("GET", "/me", 200, headers=headers)


async def refresh(auth: Auth, token: str, address: str) -> dict[str, Any]:
    """Take the next pair as somebody does who has stolen a token and no cookie."""
    body, headers = {"refresh_token": token}, {"X-Forwarded-For": address}
    pair: dict[str, Any] = await auth.call("POST", "/refresh", 200, json=body, headers=headers)
    return pair


async def end_session_of(auth: Auth, ended: dict[str, Any], token: str) -> None:
    session = parts_of(ended["access_token"])[1]["sid"]
    await auth.call("DELETE", f"/sessions/{session}", 204, token)


async def test_session_has_one_lane_however_often_it_is_refreshed(auth: Auth) -> None:
    user = await auth.register()
    pair = await attempt(auth, user["username"], PASSWORD, OFFICE, 200)
    first = device_cookie(auth)
    for _ in range(2):
        pair = await refresh(auth, pair["refresh_token"], stranger(1))
    second = device_cookie(auth)
    for _ in range(KNOWN.free + 1):
        await attempt(auth, user["username"], WRONG, stranger(99), 401, first)
    await attempt(auth, user["username"], PASSWORD, stranger(99), 429, second)


async def test_place_of_a_session_that_its_owner_ended_is_known_no_more(auth: Auth) -> None:
    user = await auth.register()
    office = await attempt(auth, user["username"], PASSWORD, OFFICE, 200)
    home = await attempt(auth, user["username"], PASSWORD, HOME, 200)
    stolen = await refresh(auth, office["refresh_token"], stranger(50))
    await end_session_of(auth, stolen, home["access_token"])
    await close_account(auth, user["username"])
    for address in (OFFICE, stranger(50)):
        await attempt(auth, user["username"], WRONG, address, 429)
    await attempt(auth, user["username"], PASSWORD, HOME, 200)


async def test_device_of_a_session_that_its_owner_ended_is_known_no_more(auth: Auth) -> None:
    user = await auth.register()
    office = await attempt(auth, user["username"], PASSWORD, OFFICE, 200)
    cookie = device_cookie(auth)
    home = await attempt(auth, user["username"], PASSWORD, HOME, 200)
    await end_session_of(auth, office, home["access_token"])
    # Whoever signs in with it again is known again, and by that session.
    again = await attempt(auth, user["username"], PASSWORD, OFFICE, 200, cookie)
    renewed = device_cookie(auth)
    await close_account(auth, user["username"])
    await attempt(auth, user["username"], WRONG, stranger(98), 429, cookie)
    await attempt(auth, user["username"], WRONG, stranger(98), 401, renewed)
    await end_session_of(auth, again, home["access_token"])
    await attempt(auth, user["username"], WRONG, stranger(98), 429, renewed)


async def test_who_logged_out_is_still_known(auth: Auth) -> None:
    user = await auth.register()
    for path, where in (("/logout", OFFICE), ("/logout/all", HOME)):
        pair = await attempt(auth, user["username"], PASSWORD, where, 200)
        await auth.call("POST", path, 204, pair["access_token"])
    await close_account(auth, user["username"])
    for address in (OFFICE, HOME):
        await attempt(auth, user["username"], PASSWORD, address, 200)


async def test_new_password_forgets_who_was_known(auth: Auth, db: Pool) -> None:
    boss, user = await auth.superuser(db), await auth.register()
    # A thief may have logged out by himself, to leave no session behind.
    left = await attempt(auth, user["username"], PASSWORD, stranger(50), 200)
    cookies = [device_cookie(auth)]
    await auth.call("POST", "/logout", 204, left["access_token"])
    await attempt(auth, user["username"], PASSWORD, OFFICE, 200)
    cookies.append(device_cookie(auth))
    made = await auth.call("POST", f"/users/{user['id']}/reset", 200, boss["access_token"])
    token, new = made["url"].rpartition("/")[2], "nine red bikes at dawn"
    await auth.call("POST", "/password/reset", 204, json={"token": token, "new_password": new})
    own = device_cookie(auth)
    await close_account(auth, user["username"])
    for address in (OFFICE, stranger(50)):
        await attempt(auth, user["username"], WRONG, address, 429)
    for cookie in cookies:
        await attempt(auth, user["username"], WRONG, stranger(98), 429, cookie)
    # Whoever had the link is the owner, and does not wait for those who guess.
    await attempt(auth, user["username"], new, stranger(98), 200, own)
