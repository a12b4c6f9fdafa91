"""Accounts are deleted: off at once, restored within a month, told to storage, then erased."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from services.auth.deletion import erase
from services.auth.deletion.erase import erase_accounts
from services.auth.deletion.outbox import prune_published
from services.auth.deletion.relay import publish_waiting, tell_again
from services.auth.jobs import run_jobs
from shared.account_events import STREAM, AccountEvent, decode
from shared.redis import open_redis
from tests.auth.conftest import PASSWORD, bearer
from tests.auth.reader import AGE_PROOFS, until_waiting
from tests.world.obstacles import bound, refuse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from redis.asyncio import Redis

    from shared.db import Pool
    from tests.auth.conftest import Auth

ADMIN = ("users.view", "users.change")
AGE = "UPDATE auth.users SET deleted_at = deleted_at - make_interval(days => $1)"


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = open_redis(redis_url)
    yield client
    await client.aclose()


async def told(db: Pool, redis: Redis) -> list[AccountEvent]:
    """All that the stream has, once what waits is published."""
    await publish_waiting(db, redis)
    entries: Any = await redis.xrange(STREAM)
    return [decode(entry) for _, entry in entries]


async def test_who_deletes_twice_at_once_is_told_that_the_session_has_ended(
    auth: Auth, db: Pool
) -> None:
    ann = await auth.newcomer()

    async def leave() -> tuple[int, str]:
        own, body = bearer(ann["access_token"]), {"password": PASSWORD}
        async with auth.client.delete("/auth/api/v1/me", headers=own, json=body) as answer:
            return answer.status, await answer.text()

    async with db.acquire() as connection, connection.transaction():
        await connection.execute("SELECT FROM auth.users WHERE id = $1 FOR UPDATE", ann["id"])
        leaving = [asyncio.create_task(leave()) for _ in range(2)]
        await until_waiting(db, 2)
    (first, _), (second, said) = sorted(await asyncio.gather(*leaving))
    assert (first, second) == (204, 401)
    assert "SESSION_ENDED" in said


async def test_deleted_account_is_off_at_once(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    made = {"name": "a program", "scopes": ["files.view"]}
    program = await auth.call("POST", "/me/tokens", 201, ann["access_token"], json=made)
    body = {"password": PASSWORD}
    await auth.call("DELETE", "/me", 204, ann["access_token"], json=body)
    assert auth.last is not None
    assert 'meridian_refresh=""' in str(auth.last.headers.getall("Set-Cookie"))
    await auth.call("GET", "/me", 401, ann["access_token"])
    await auth.call("POST", "/verify", 401, program["token"], json={})
    await auth.refresh(ann["refresh_token"], 401)
    login = {"username": ann["username"], "password": PASSWORD}
    assert (await auth.call("POST", "/login", 401, json=login))["code"] == "LOGIN_FAILED"
    again = {"username": ann["username"], "email": "new@example.com", "password": PASSWORD}
    await auth.call("POST", "/register", 409, json=again)
    assert await db.fetchval("SELECT count(*) FROM auth.users") == 1


async def test_password_or_a_fresh_proof_is_needed(auth: Auth, db: Pool) -> None:
    ann, bob = await auth.newcomer(), await auth.newcomer()
    wrong = {"password": f"not {PASSWORD}"}
    problem = await auth.call("DELETE", "/me", 401, ann["access_token"], json=wrong)
    assert problem["code"] == "WRONG_PASSWORD"
    await db.execute(AGE_PROOFS)
    problem = await auth.call("DELETE", "/me", 403, ann["access_token"])
    assert problem["code"] == "PROOF_NEEDED"
    await auth.call("GET", "/me", 200, ann["access_token"])
    await auth.call("POST", "/me/proof", 204, ann["access_token"], json={"password": PASSWORD})
    await auth.call("DELETE", "/me", 204, ann["access_token"])
    await auth.call("DELETE", "/me", 204, bob["access_token"], json={"password": PASSWORD})


async def test_last_superuser_stays(auth: Auth, db: Pool) -> None:
    boss = await auth.superuser(db)
    for path in ("/me", f"/users/{boss['id']}"):
        problem = await auth.call("DELETE", path, 409, boss["access_token"])
        assert problem["code"] == "LAST_SUPERUSER"
    other = await auth.superuser(db)
    await auth.call("DELETE", f"/users/{boss['id']}", 204, other["access_token"])
    await auth.call("DELETE", "/me", 409, other["access_token"])


async def test_only_a_superuser_deletes_a_superuser(auth: Auth, db: Pool) -> None:
    admin, boss = await auth.worker(db, *ADMIN), await auth.superuser(db)
    await auth.superuser(db)
    await auth.call("DELETE", f"/users/{boss['id']}", 403, admin["access_token"])


async def test_administrator_deletes_and_restores(auth: Auth, db: Pool) -> None:
    admin, ann = await auth.worker(db, *ADMIN), await auth.newcomer()
    token, path = admin["access_token"], f"/users/{ann['id']}"
    await auth.call("DELETE", path, 204, token)
    await auth.call("GET", "/me", 401, ann["access_token"])
    shown = await auth.call("GET", path, 200, token)
    assert (shown["is_active"], shown["deleted_at"] is None) == (False, False)
    await auth.call("DELETE", path, 404, token)
    await auth.call("POST", f"{path}/reset", 404, token)
    restored = await auth.call("PATCH", path, 200, token, json={"is_active": True})
    assert (restored["is_active"], restored["deleted_at"]) == (True, None)
    await auth.login(ann["username"])
    entries = await auth.call("GET", "/audit", 200, token, params={"object_id": ann["id"]})
    actions = [entry["action"] for entry in entries["items"]]
    assert sorted(actions[:2]) == ["user.changed", "user.restored"]
    assert actions[2:] == ["user.deleted", "user.created"]


async def test_storage_is_told_until_when(auth: Auth, db: Pool, redis: Redis) -> None:
    admin, ann = await auth.worker(db, *ADMIN), await auth.newcomer()
    path = f"/users/{ann['id']}"
    await auth.call("DELETE", path, 204, admin["access_token"])
    (deleted,) = await told(db, redis)
    deleted_at = await db.fetchval("SELECT deleted_at FROM auth.users WHERE id = $1", ann["id"])
    assert deleted.user_id == UUID(ann["id"])
    assert deleted.erase_at == deleted_at + timedelta(days=30)
    await auth.call("PATCH", path, 200, admin["access_token"], json={"is_active": True})
    _, restored = await told(db, redis)
    assert (restored.user_id, restored.erase_at) == (UUID(ann["id"]), None)
    assert restored.version > deleted.version


async def test_running_service_publishes_by_itself(auth: Auth, redis: Redis) -> None:
    ann = await auth.newcomer()
    await auth.call("DELETE", "/me", 204, ann["access_token"])
    async with asyncio.timeout(10):
        while not await redis.xlen(STREAM):
            await asyncio.sleep(0.05)


async def test_what_redis_lost_is_told_again(auth: Auth, db: Pool, redis: Redis) -> None:
    ann = await auth.newcomer()
    await auth.register()
    await auth.call("DELETE", "/me", 204, ann["access_token"])
    (before,) = await told(db, redis)
    await redis.flushall()
    await tell_again(db)
    assert await told(db, redis) == [before]
    await db.execute("UPDATE auth.outbox SET published_at = now() - interval '25 hours'")
    await prune_published(db)
    assert not await db.fetchval("SELECT count(*) FROM auth.outbox")


@pytest.mark.parametrize("is_deleted", [True, False], ids=["restored", "switched on"])
async def test_that_it_is_on_again_is_told_again(
    auth: Auth, db: Pool, redis: Redis, *, is_deleted: bool
) -> None:
    admin, ann = await auth.worker(db, *ADMIN), await auth.newcomer()
    path, token = f"/users/{ann['id']}", admin["access_token"]
    if is_deleted:
        await auth.call("DELETE", path, 204, token)
    else:
        await auth.call("PATCH", path, 200, token, json={"is_active": False})
    await auth.call("PATCH", path, 200, token, json={"is_active": True})
    off, on = await told(db, redis)
    assert (off.is_off, on.is_off) == (True, False)
    await redis.flushall()
    await tell_again(db)
    assert await told(db, redis) == [on]


async def test_what_is_about_to_be_erased_is_not_restored(auth: Auth, db: Pool) -> None:
    admin, ann = await auth.worker(db, *ADMIN), await auth.newcomer()
    path, token = f"/users/{ann['id']}", admin["access_token"]
    await auth.call("DELETE", path, 204, token)
    await db.execute(AGE, 30)
    await auth.call("PATCH", path, 404, token, json={"is_active": True})
    shown = await auth.call("GET", path, 200, token)
    assert not shown["is_active"]


async def test_after_a_month_it_is_erased(auth: Auth, db: Pool, redis: Redis) -> None:
    ann, bob = await auth.newcomer(), await auth.newcomer()
    await auth.call("DELETE", "/me", 204, ann["access_token"])
    await db.execute(AGE, 29)
    await erase_accounts(db)
    assert await db.fetchval("SELECT count(*) FROM auth.users") == 2
    await db.execute(AGE, 1)
    await erase_accounts(db)
    assert [str(row["id"]) for row in await db.fetch("SELECT id FROM auth.users")] == [bob["id"]]
    events = await told(db, redis)
    assert [event.user_id for event in events] == [UUID(ann["id"])] * 2
    for table in ("sessions", "logins", "user_roles"):
        query = f"SELECT count(*) FROM auth.{table} WHERE user_id = $1"
        assert not await db.fetchval(query, ann["id"]), table
    entry = await db.fetchrow("SELECT action, object_id FROM auth.audit ORDER BY number DESC")
    assert entry is not None
    assert tuple(entry) == ("user.erased", ann["id"])
    body = {"username": ann["username"], "email": ann["email"], "password": PASSWORD}
    await auth.call("POST", "/register", 201, json=body)


async def test_one_that_cannot_be_erased_holds_up_nothing(
    auth: Auth, db: Pool, redis: Redis
) -> None:
    stuck, ann = [await auth.newcomer() for _ in range(2)]
    for person in (stuck, ann):
        await auth.call("DELETE", "/me", 204, person["access_token"])
    await told(db, redis)
    await db.execute(AGE, 30)
    await refuse(db, "auth.users", "id", stuck["id"])
    await redis.flushall()
    await run_jobs(db, auth.settings.auth)
    assert [str(row["id"]) for row in await db.fetch("SELECT id FROM auth.users")] == [stuck["id"]]
    assert {str(event.user_id) for event in await told(db, redis)} == {stuck["id"], ann["id"]}


async def test_it_is_erased_a_few_rows_at_a_time(
    auth: Auth, db: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await auth.newcomer()
    for _ in range(4):
        await auth.refresh((await auth.login(ann["username"]))["refresh_token"], 200)
    await auth.call("DELETE", "/me", 204, ann["access_token"])
    await db.execute(AGE, 30)
    monkeypatch.setattr(erase, "BATCH", 3)
    for table in ("sessions", "logins", "refresh_tokens"):
        assert await db.fetchval(f"SELECT count(*) FROM auth.{table}") > 3
        await bound(db, f"auth.{table}", "DELETE", 3)
    await erase_accounts(db)
    for table in ("sessions", "logins", "refresh_tokens", "users"):
        assert not await db.fetchval(f"SELECT count(*) FROM auth.{table}"), table


async def test_who_is_switched_off_is_told_of_too(auth: Auth, db: Pool, redis: Redis) -> None:
    ann = await auth.newcomer()
    admin = await auth.worker(db, *ADMIN)
    for is_active in (False, True):
        body = {"is_active": is_active}
        await auth.call("PATCH", f"/users/{ann['id']}", 200, admin["access_token"], json=body)
    off, on = await told(db, redis)
    assert {off.user_id, on.user_id} == {UUID(ann["id"])}
    assert (off.is_off, off.erase_at, on.is_off) == (True, None, False)
    assert off.version < on.version
    await auth.call(
        "PATCH", f"/users/{ann['id']}", 200, admin["access_token"], json={"is_active": False}
    )
    await redis.flushall()
    await tell_again(db)
    assert (await told(db, redis))[-1].is_off
