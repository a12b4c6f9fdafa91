"""Login: who comes in, who does not, and what a stranger learns from it."""

from __future__ import annotations

import asyncio
import threading
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from services.auth.attempts.lanes import OPERATOR
from shared.passwords.hashing import Passwords
from tests.auth.conftest import PASSWORD, Auth

if TYPE_CHECKING:
    import pytest

    from shared.db import Pool

OUTDATED = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1, type=Type.ID)


async def test_login_opens_a_session(auth: Auth, db: Pool) -> None:
    user = await auth.register()
    agent = {"User-Agent": "Firefox/140"}
    pair = await auth.login(user["username"].upper(), headers=agent)
    assert (pair["token_type"], pair["expires_in"]) == ("Bearer", 600)
    (session,) = await db.fetch("SELECT * FROM auth.sessions")
    assert str(session["user_id"]) == user["id"]
    assert (session["user_agent"], str(session["ip"])) == ("Firefox/140", "127.0.0.1")
    await auth.call("GET", "/me", 200, pair["access_token"])


async def test_one_user_has_several_sessions(auth: Auth) -> None:
    ann = await auth.newcomer()
    phone = await auth.login(ann["username"])
    sessions = await auth.call("GET", "/sessions", 200, phone["access_token"])
    assert [session["is_current"] for session in sessions["items"]] == [True, False]


async def test_wrong_password_is_refused(auth: Auth) -> None:
    user = await auth.register()
    for password in (PASSWORD.upper(), f"{PASSWORD} ", PASSWORD[:-1], "x"):
        body = {"username": user["username"], "password": password}
        problem = await auth.call("POST", "/login", 401, json=body)
        assert problem["code"] == "LOGIN_FAILED"
        assert auth.last is not None
        assert "Set-Cookie" not in auth.last.headers


async def test_password_is_normalised(auth: Auth) -> None:
    user = await auth.register(password="café ﬁve lemon trees")
    await auth.login(user["username"], "cafe\u0301 five lemon trees")


MALFORMED: tuple[dict[str, Any], ...] = (
    {"username": "ann"},
    {"username": "", "password": "x"},
    {"username": ["ann"], "password": "x"},
    {"username": "ann", "password": {"$ne": ""}},
    {"username": "ann", "password": "x" * 1025},
    {"username": "ann", "password": "x", "remember": True},
)


async def test_malformed_login_is_refused(auth: Auth) -> None:
    for body in MALFORMED:
        problem = await auth.call("POST", "/login", 422, json=body)
        assert problem["code"] == "VALIDATION_FAILED"


async def test_stranger_learns_nothing_from_the_answer(auth: Auth, db: Pool) -> None:
    known, disabled = await auth.register(), await auth.register()
    await db.execute("UPDATE auth.users SET is_active = false WHERE id = $1", disabled["id"])
    attempts = [
        {"username": known["username"], "password": f"wrong {PASSWORD}"},
        {"username": "nobody-of-this-name", "password": PASSWORD},
        {"username": disabled["username"], "password": PASSWORD},
        {"username": "' OR 1=1 --", "password": PASSWORD},
    ]
    problems = [await auth.call("POST", "/login", 401, json=attempt) for attempt in attempts]
    for problem in problems:
        problem.pop("request_id")
    assert all(problem == problems[0] for problem in problems)


async def test_stranger_learns_nothing_from_the_clock(
    auth: Auth, db: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, disabled, social = [await auth.register() for _ in range(3)]
    await db.execute("UPDATE auth.users SET is_active = false WHERE id = $1", disabled["id"])
    await db.execute("UPDATE auth.users SET password_hash = NULL WHERE id = $1", social["id"])
    work: list[tuple[str, int]] = []
    verify = PasswordHasher.verify

    def spy(hasher: PasswordHasher, stored: str, password: bytes) -> bool:
        work.append((repr(extract_parameters(stored)), len(password)))
        return verify(hasher, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", spy)
    names = (known["username"], disabled["username"], social["username"], "nobody-at-all")
    for name in names:
        body = {"username": name, "password": f"wrong {PASSWORD}"}
        await auth.call("POST", "/login", 401, json=body)
    # One hash with the same parameters each, and one row of history.
    assert len(work) == len(names)
    assert len(set(work)) == 1
    assert await db.fetchval("SELECT count(*) FROM auth.logins") == len(names)


async def test_history_tells_good_from_bad(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    wrong = {"username": ann["username"], "password": "wrong"}
    await auth.call("POST", "/login", 401, json=wrong)
    await auth.call("POST", "/login", 401, json=wrong | {"username": "my secret phrase"})
    history = await auth.call("GET", "/logins", 200, ann["access_token"])
    assert [login["outcome"] for login in history["items"]] == ["wrong_password", "success"]
    assert history["items"][1]["session_id"] is not None
    # A name that nobody has may be a password typed into the wrong field.
    stored = await db.fetch("SELECT row_to_json(logins)::text AS row FROM auth.logins")
    assert len(stored) == 3
    assert not any("my secret phrase" in login["row"] for login in stored)


async def test_history_is_paged_and_my_own(auth: Auth) -> None:
    ann, bob = await auth.newcomer(), await auth.newcomer()
    for _ in range(4):
        await auth.login(ann["username"])
    seen: list[str] = []
    query = {"limit": "2"}
    page: dict[str, Any] = {}
    while len(seen) < 5:
        page = await auth.call("GET", "/logins", 200, ann["access_token"], params=query)
        assert page["items"]
        seen += [login["id"] for login in page["items"]]
        query["cursor"] = page["next"]
    assert page["next"] is None
    assert len(set(seen)) == 5
    mine = await auth.call("GET", "/logins", 200, bob["access_token"])
    assert len(mine["items"]) == 1
    bad = await auth.call("GET", "/logins", 400, bob["access_token"], params={"cursor": "x"})
    assert bad["code"] == "BAD_CURSOR"


async def test_hash_is_argon2id_and_kept_up_to_date(auth: Auth, db: Pool) -> None:
    user = await auth.register()
    read = "SELECT password_hash FROM auth.users WHERE id = $1"
    stored = extract_parameters(await db.fetchval(read, user["id"]))
    assert stored.type is Type.ID
    assert (stored.memory_cost, stored.time_cost, stored.parallelism) == (19456, 2, 1)
    weak = OUTDATED.hash(PASSWORD)
    await db.execute("UPDATE auth.users SET password_hash = $2 WHERE id = $1", user["id"], weak)
    await auth.login(user["username"])
    assert extract_parameters(await db.fetchval(read, user["id"])) == stored
    await auth.login(user["username"])


async def test_logins_that_renew_a_hash_at_once_all_come_in(auth: Auth, db: Pool) -> None:
    user = await auth.register()
    weak = OUTDATED.hash(PASSWORD)
    await db.execute("UPDATE auth.users SET password_hash = $2 WHERE id = $1", user["id"], weak)
    await asyncio.gather(*(auth.login(user["username"]) for _ in range(4)))


WAITS = """
SELECT EXISTS (
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')
"""


REPLACE = """
UPDATE auth.users SET password_hash = $1, credentials_version = credentials_version + 1
"""


async def test_password_changed_during_a_login(auth: Auth, db: Pool) -> None:
    user = await auth.register()
    body = {"username": user["username"], "password": PASSWORD}
    async with db.acquire() as connection, connection.transaction():
        await connection.execute(REPLACE, OUTDATED.hash("new"))
        login = asyncio.create_task(auth.call("POST", "/login", 401, json=body))
        while not (login.done() or await db.fetchval(WAITS)):
            await asyncio.sleep(0.01)
    assert (await login)["code"] == "LOGIN_FAILED"
    assert not await db.fetchval("SELECT count(*) FROM auth.sessions")
    assert await db.fetchval("SELECT outcome FROM auth.logins") == "credentials_changed"


async def test_account_without_password_cannot_log_in(auth: Auth, db: Pool) -> None:
    user = await auth.register()
    await db.execute("UPDATE auth.users SET password_hash = NULL WHERE id = $1", user["id"])
    for password in ("None", "x", PASSWORD):
        body = {"username": user["username"], "password": password}
        await auth.call("POST", "/login", 401, json=body)


async def test_nobody_has_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.passwords.hashing.secrets.token_urlsafe", lambda: PASSWORD)
    passwords = Passwords(1)
    assert not await passwords.verify(None, PASSWORD, OPERATOR)
    stored = await passwords.hash(PASSWORD, OPERATOR)
    assert await passwords.verify(stored, PASSWORD, OPERATOR)
    passwords.close()


async def test_hashing_is_off_the_loop_and_bounded(
    auth: Auth, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await auth.newcomer()
    lock = threading.Lock()
    at_once = [0]
    most = 0
    verify = PasswordHasher.verify

    def spy(hasher: PasswordHasher, stored: str, password: bytes) -> bool:
        nonlocal most
        assert threading.current_thread() is not threading.main_thread()
        with lock:
            at_once[0] += 1
            most = max(most, at_once[0])
        try:
            return verify(hasher, stored, password)
        finally:
            with lock:
                at_once[0] -= 1

    monkeypatch.setattr(PasswordHasher, "verify", spy)
    await asyncio.gather(*(auth.login(ann["username"]) for _ in range(12)))
    assert most == auth.settings.auth.argon2_threads


async def test_full_queue_says_come_back_later(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> None:
    user = await auth.register()
    monkeypatch.setattr("shared.passwords.fair_pool.LONGEST_QUEUE", 3)
    body = {"username": user["username"], "password": PASSWORD}

    async def status() -> int:
        async with auth.client.post("/auth/api/v1/login", json=body) as answer:
            if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
                assert (await answer.json())["code"] == "PASSWORDS_BUSY"
                assert int(answer.headers["Retry-After"]) >= 1
            return answer.status

    statuses = await asyncio.gather(*(status() for _ in range(12)))
    assert set(statuses) == {HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE}
    await auth.login(user["username"])
