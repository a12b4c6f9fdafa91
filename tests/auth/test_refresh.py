"""Refresh: rotation, grace, reuse, and many at once."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from services.auth.jobs import run_jobs
from shared.vault import new_key
from tests.auth.conftest import parts_of

if TYPE_CHECKING:
    from services.auth.settings import Settings
    from shared.db import Pool
    from tests.auth.conftest import Auth, Start

AGE_USED = "UPDATE auth.refresh_tokens SET used_at = used_at - interval '301 seconds'"
AGE_A_LITTLE = "UPDATE auth.refresh_tokens SET used_at = used_at - interval '299 seconds'"


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def test_refresh_rotates(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    pair = await auth.refresh(ann["refresh_token"])
    assert pair["refresh_token"] != ann["refresh_token"]
    assert pair["access_token"] != ann["access_token"]
    await auth.call("GET", "/me", 200, pair["access_token"])
    rows = await db.fetch("SELECT * FROM auth.refresh_tokens ORDER BY created_at")
    assert [row["token_hash"] for row in rows] == [
        digest(ann["refresh_token"]),
        digest(pair["refresh_token"]),
    ]
    assert rows[1]["parent_hash"] == rows[0]["token_hash"]
    assert rows[0]["session_id"] == rows[1]["session_id"]
    await auth.refresh(pair["refresh_token"])


async def test_token_is_256_bits_and_stored_as_a_hash(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    pair = await auth.refresh(ann["refresh_token"])
    for token in (ann["refresh_token"], pair["refresh_token"]):
        assert len(token) == 43
    tables = await db.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'auth'")
    for table in tables:
        name = table["tablename"]
        for row in await db.fetch(f"SELECT row_to_json(t)::text AS row FROM auth.{name} AS t"):
            for secret in (ann["refresh_token"], pair["refresh_token"], pair["access_token"]):
                assert secret not in row["row"], name


async def test_same_token_again_gets_the_same_successor(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    first = await auth.refresh(ann["refresh_token"])
    second = await auth.refresh(ann["refresh_token"])
    assert second["refresh_token"] == first["refresh_token"]
    await auth.call("GET", "/me", 200, second["access_token"])
    assert await db.fetchval("SELECT count(*) FROM auth.refresh_tokens") == 2
    await auth.refresh(first["refresh_token"])


async def test_reuse_ends_the_family(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    pair = await auth.refresh(ann["refresh_token"])
    await db.execute(AGE_USED)
    problem = await auth.refresh(ann["refresh_token"], 401)
    assert problem["code"] == "REFRESH_REUSED"
    assert (await auth.refresh(pair["refresh_token"], 401))["code"] == "SESSION_ENDED"
    assert (await auth.refresh(ann["refresh_token"], 401))["code"] == "SESSION_ENDED"
    ended = await auth.call("GET", "/me", 401, pair["access_token"])
    assert ended["code"] == "SESSION_ENDED"
    assert await db.fetchval("SELECT end_reason FROM auth.sessions") == "reuse"


async def test_reuse_ends_no_other_session(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    phone = await auth.login(ann["username"])
    await auth.refresh(ann["refresh_token"])
    await db.execute(AGE_USED)
    await auth.refresh(ann["refresh_token"], 401)
    await auth.call("GET", "/me", 200, phone["access_token"])
    await auth.refresh(phone["refresh_token"])


async def test_grace_is_for_the_parent_alone(auth: Auth) -> None:
    ann = await auth.newcomer()
    child = await auth.refresh(ann["refresh_token"])
    await auth.refresh(child["refresh_token"])
    problem = await auth.refresh(ann["refresh_token"], 401)
    assert problem["code"] == "REFRESH_REUSED"


async def test_lost_answer_is_given_again_to_the_same_device(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    first = await auth.refresh(ann["refresh_token"])
    await db.execute(AGE_A_LITTLE)
    second = await auth.refresh(ann["refresh_token"])
    assert second["refresh_token"] == first["refresh_token"]
    await auth.refresh(first["refresh_token"])
    # The successor is used: now it is in the hands of two.
    assert (await auth.refresh(ann["refresh_token"], 401))["code"] == "REFRESH_REUSED"


async def test_another_program_has_only_the_short_grace(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    pair = await auth.refresh(ann["refresh_token"])
    await db.execute("UPDATE auth.refresh_tokens SET used_at = used_at - interval '11 seconds'")
    body, thief = {"refresh_token": ann["refresh_token"]}, {"User-Agent": "thief"}
    problem = await auth.call("POST", "/refresh", 401, json=body, headers=thief)
    assert problem["code"] == "REFRESH_REUSED"
    await auth.refresh(pair["refresh_token"], 401)


async def test_another_address_has_only_the_short_grace(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    await auth.refresh(ann["refresh_token"])
    await db.execute("UPDATE auth.sessions SET ip = '203.0.113.9'")
    await db.execute("UPDATE auth.refresh_tokens SET used_at = used_at - interval '11 seconds'")
    assert (await auth.refresh(ann["refresh_token"], 401))["code"] == "REFRESH_REUSED"


async def test_twenty_at_once_get_one_successor(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    pairs = await asyncio.gather(*(auth.refresh(ann["refresh_token"]) for _ in range(20)))
    assert len({pair["refresh_token"] for pair in pairs}) == 1
    assert len({pair["access_token"] for pair in pairs}) == 20
    assert await db.fetchval("SELECT count(*) FROM auth.refresh_tokens") == 2
    assert await db.fetchval("SELECT ended_at FROM auth.sessions") is None
    await auth.refresh(pairs[0]["refresh_token"])


async def test_late_twenty_at_once_end_the_family_once(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    await auth.refresh(ann["refresh_token"])
    await db.execute(AGE_USED)
    problems = await asyncio.gather(*(auth.refresh(ann["refresh_token"], 401) for _ in range(20)))
    assert {problem["code"] for problem in problems} <= {"REFRESH_REUSED", "SESSION_ENDED"}
    assert await db.fetchval("SELECT count(*) FROM auth.sessions WHERE ended_at IS NOT NULL") == 1


async def test_successor_survives_a_new_server_key(
    auth: Auth, start: Start, settings: Settings
) -> None:
    ann = await auth.newcomer()
    first = await auth.refresh(ann["refresh_token"])
    keys = (new_key(), *settings.shared.secret_keys)
    other = await start(replace(settings, shared=replace(settings.shared, secret_keys=keys)))
    second = await other.refresh(ann["refresh_token"])
    assert second["refresh_token"] == first["refresh_token"]


async def test_unknown_token_is_refused(auth: Auth) -> None:
    for token in ("x", "x" * 43, "Ω" * 43, "../" * 14):
        assert (await auth.refresh(token, 401))["code"] == "REFRESH_FAILED"


async def test_access_token_does_not_refresh(auth: Auth) -> None:
    ann = await auth.newcomer()
    body = {"refresh_token": ann["access_token"]}
    await auth.call("POST", "/refresh", 422, json=body)


async def test_expired_token_is_refused(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    await db.execute("UPDATE auth.refresh_tokens SET expires_at = now()")
    assert (await auth.refresh(ann["refresh_token"], 401))["code"] == "REFRESH_FAILED"
    assert await db.fetchval("SELECT ended_at FROM auth.sessions") is None


async def test_expired_tokens_are_swept_and_others_stay(auth: Auth, db: Pool) -> None:
    ann, bob = await auth.newcomer(), await auth.newcomer()
    await auth.refresh(ann["refresh_token"])
    await db.execute(
        "UPDATE auth.refresh_tokens SET expires_at = now() WHERE token_hash = $1",
        digest(ann["refresh_token"]),
    )
    await run_jobs(db, auth.settings.auth)
    assert await db.fetchval("SELECT count(*) FROM auth.refresh_tokens") == 2
    await auth.refresh(bob["refresh_token"])
    assert (await auth.refresh(ann["refresh_token"], 401))["code"] == "REFRESH_FAILED"


async def test_expired_session_is_not_listed(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    await auth.login(ann["username"])
    await db.execute(
        "UPDATE auth.sessions SET last_seen_at = now() - interval '2 hours' WHERE id <> $1",
        parts_of(ann["access_token"])[1]["sid"],
    )
    listed = await auth.call("GET", "/sessions", 200, ann["access_token"])
    assert [session["is_current"] for session in listed["items"]] == [True]


async def test_disabled_user_does_not_refresh(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    await db.execute("UPDATE auth.users SET is_active = false")
    assert (await auth.refresh(ann["refresh_token"], 401))["code"] == "SESSION_ENDED"


async def test_refresh_shows_new_rights(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    needed = {"permissions": ["servers.create"]}
    await auth.call("POST", "/verify", 403, ann["access_token"], json=needed)
    await db.execute(
        "INSERT INTO auth.user_roles SELECT $1, id FROM auth.roles WHERE name = 'operator'",
        ann["id"],
    )
    pair = await auth.refresh(ann["refresh_token"])
    await auth.call("POST", "/verify", 200, pair["access_token"], json=needed)


async def test_nothing_is_used_up_while_nothing_can_be_signed(
    auth: Auth, start: Start, settings: Settings, db: Pool
) -> None:
    ann = await auth.newcomer()
    blind = replace(settings, shared=replace(settings.shared, secret_keys=(new_key(),)))
    other = await start(blind)
    body = {"refresh_token": ann["refresh_token"]}
    problem = await other.call("POST", "/refresh", 503, json=body)
    assert problem["code"] == "AUTH_UNAVAILABLE"
    await auth.refresh(ann["refresh_token"])
