"""Proofs: a session knows when its owner last showed who he is."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pyotp
import pytest

from services.auth.accounts.credentials import find_credentials_of
from services.auth.attempts.lanes import look_up_lanes
from services.auth.keys import CHECK, PASSKEYS, SECOND_FACTOR
from services.auth.second_factor.check import Codes
from services.auth.sessions.proofs import require_proof
from services.auth.sessions.prove import Proof, ProofCheck
from shared.errors import PROOF_NEEDED, MeridianError
from tests.auth.conftest import PASSWORD, parts_of
from tests.auth.reader import AGE_PROOFS, until_waiting

if TYPE_CHECKING:
    from shared.db import Pool
    from tests.auth.conftest import Auth

GIVE_FACTOR = "INSERT INTO auth.totp (user_id, secret, confirmed_at) VALUES ($1, 'x', now())"
# What an administrator does to others without a proof, and nobody to oneself.
GRAVE = [
    ("POST", "/reset", None, 200),
    ("PATCH", "", {"email": "other@example.com"}, 200),
    ("DELETE", "/totp", None, 204),
    ("DELETE", "", None, 204),
]
HOLD = "SELECT FROM auth.users WHERE id = $1 FOR UPDATE"
END = "UPDATE auth.sessions SET ended_at = now(), end_reason = 'revoked' WHERE user_id = $1"
NEW_PASSWORD = """
UPDATE auth.users SET credentials_version = credentials_version + 1 WHERE id = $1
"""
# What a session needs a proof for, and what a password.
PROVEN = [
    ("PATCH", "/me", {"email": "other@example.com"}),
    ("POST", "/me/tokens", {"name": "a program", "scopes": ["files.view"]}),
    ("POST", "/me/password", {"new_password": f"{PASSWORD} and later"}),
    ("DELETE", "/me", None),
]
WITH_PASSWORD = [
    ("DELETE", "/me"),
    ("DELETE", "/me/totp"),
    ("POST", "/me/totp/recovery-codes"),
]
LEFT_BEHIND = """
SELECT users.email, users.is_active, users.password_hash, (
    SELECT count(*) FROM auth.api_tokens WHERE user_id = users.id) AS programs, (
    SELECT count(*) FROM auth.totp WHERE user_id = users.id) AS factors, (
    SELECT count(*) FROM auth.recovery_codes WHERE user_id = users.id) AS codes
FROM auth.users WHERE id = $1
"""


async def has_proof(db: Pool, token: str) -> bool:
    try:
        await require_proof(db, UUID(parts_of(token)[1]["sid"]))
    except MeridianError as error:
        if error.problem is not PROOF_NEEDED:
            raise
        return False
    return True


async def test_signing_in_is_a_proof_and_grows_old(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    assert await has_proof(db, ann["access_token"])
    await db.execute(AGE_PROOFS)
    assert not await has_proof(db, ann["access_token"])
    pair = await auth.refresh(ann["refresh_token"])
    assert not await has_proof(db, pair["access_token"])


async def test_password_renews_the_proof_of_this_session_alone(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    phone = await auth.login(ann["username"])
    await db.execute(AGE_PROOFS)
    await auth.call("POST", "/me/proof", 204, ann["access_token"], json={"password": PASSWORD})
    assert await has_proof(db, ann["access_token"])
    assert not await has_proof(db, phone["access_token"])


async def test_wrong_password_is_no_proof(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    await db.execute(AGE_PROOFS)
    body = {"password": f"not {PASSWORD}"}
    problem = await auth.call("POST", "/me/proof", 401, ann["access_token"], json=body)
    assert problem["code"] == "WRONG_PASSWORD"
    assert not await has_proof(db, ann["access_token"])


@pytest.mark.parametrize("given", ["password", "totp", "recovery_code", "passkey"])
async def test_nothing_is_no_proof(auth: Auth, db: Pool, given: str) -> None:
    ann = await auth.newcomer()
    await db.execute(AGE_PROOFS)
    body = {given: {} if given == "passkey" else ""}
    problem = await auth.call("POST", "/me/proof", 422, ann["access_token"], json=body)
    assert list(problem["errors"]) == [given]
    assert not await has_proof(db, ann["access_token"])


@pytest.mark.parametrize("proof", [Proof(), Proof(""), Proof(codes=Codes(""))])
async def test_what_shows_nothing_is_refused(auth: Auth, db: Pool, proof: Proof) -> None:
    ann = await auth.newcomer()
    app = auth.client.app
    found = await find_credentials_of(db, UUID(ann["id"]))
    assert found is not None
    check = ProofCheck(app[CHECK], app[SECOND_FACTOR], app[PASSKEYS])
    assert await check.find_refusal(found, proof, look_up_lanes(UUID(ann["id"]))) is not None


async def test_ended_session_has_no_proof(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    await db.execute("UPDATE auth.sessions SET ended_at = now(), end_reason = 'revoked'")
    assert not await has_proof(db, ann["access_token"])
    body = {"password": PASSWORD}
    problem = await auth.call("POST", "/me/proof", 401, ann["access_token"], json=body)
    assert problem["code"] == "SESSION_ENDED"


@pytest.mark.parametrize("change", ["is_active = false", "password_hash = NULL"])
async def test_who_may_not_sign_in_cannot_prove(auth: Auth, db: Pool, change: str) -> None:
    ann = await auth.newcomer()
    await db.execute(AGE_PROOFS)
    await db.execute(f"UPDATE auth.users SET {change}")
    await auth.call("POST", "/me/proof", 401, ann["access_token"], json={"password": PASSWORD})
    assert not await has_proof(db, ann["access_token"])


async def test_another_address_needs_a_proof(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    token, body = ann["access_token"], {"email": "other@example.com"}
    await auth.call("PATCH", "/me", 200, token, json=body)
    await db.execute(AGE_PROOFS)
    await auth.call("PATCH", "/me", 200, token, json={"first_name": "Ann"})
    problem = await auth.call("PATCH", "/me", 403, token, json={"email": "third@example.com"})
    assert problem["code"] == "PROOF_NEEDED"
    assert (await auth.call("GET", "/me", 200, token))["email"] == body["email"]


@pytest.mark.parametrize(("method", "path", "body", "status"), GRAVE)
async def test_administrators_need_a_proof_for_themselves(
    auth: Auth, db: Pool, method: str, path: str, body: dict[str, Any] | None, status: int
) -> None:
    admin, bob = await auth.worker(db, "users.change"), await auth.register()
    token, own = admin["access_token"], f"/users/{admin['id']}"
    for person in (admin, bob):
        await db.execute(GIVE_FACTOR, person["id"])
    await db.execute(AGE_PROOFS)
    problem = await auth.call(method, own + path, 403, token, json=body)
    assert problem["code"] == "PROOF_NEEDED"
    mine = {"first_name": "Ann", "email": admin["email"]}
    await auth.call("PATCH", own, 200, token, json=mine)
    others = body and {"email": "third@example.com"}
    await auth.call(method, f"/users/{bob['id']}{path}", status, token, json=others)
    await auth.call("POST", "/me/proof", 204, token, json={"password": PASSWORD})
    await auth.call(method, own + path, status, token, json=body)


@pytest.mark.parametrize(("method", "path", "body", "status"), GRAVE)
async def test_api_token_does_not_become_its_owner(
    auth: Auth, db: Pool, method: str, path: str, body: dict[str, Any] | None, status: int
) -> None:
    admin, bob = await auth.worker(db, "users.change"), await auth.register()
    for person in (admin, bob):
        await db.execute(GIVE_FACTOR, person["id"])
    made = {"name": "a program", "scopes": ["users.change"]}
    program = await auth.call("POST", "/me/tokens", 201, admin["access_token"], json=made)
    own = f"/users/{admin['id']}{path}"
    problem = await auth.call(method, own, 403, program["token"], json=body)
    assert problem["code"] == "PROOF_NEEDED"
    await auth.call(method, f"/users/{bob['id']}{path}", status, program["token"], json=body)
    await auth.call("GET", "/me", 200, admin["access_token"])


@pytest.mark.parametrize(("method", "path", "body"), PROVEN)
async def test_session_that_ends_meanwhile_has_no_proof(
    auth: Auth, db: Pool, method: str, path: str, body: dict[str, Any] | None
) -> None:
    ann = await auth.newcomer()
    if path == "/me/password":
        await db.execute("UPDATE auth.users SET password_hash = NULL")
    before = await db.fetchrow(LEFT_BEHIND, ann["id"])
    async with db.acquire() as connection, connection.transaction():
        await connection.execute(HOLD, ann["id"])
        call = auth.call(method, path, 403, ann["access_token"], json=body)
        asked = asyncio.create_task(call)
        await until_waiting(db)
        await connection.execute(END, ann["id"])
    assert (await asked)["code"] == "PROOF_NEEDED"
    assert await db.fetchrow(LEFT_BEHIND, ann["id"]) == before


@pytest.mark.parametrize(("method", "path"), WITH_PASSWORD)
async def test_password_that_is_replaced_meanwhile_is_wrong(
    auth: Auth, db: Pool, method: str, path: str
) -> None:
    ann = await auth.newcomer()
    await db.execute(GIVE_FACTOR, ann["id"])
    before = await db.fetchrow(LEFT_BEHIND, ann["id"])
    async with db.acquire() as connection, connection.transaction():
        await connection.execute(HOLD, ann["id"])
        call = auth.call(method, path, 401, ann["access_token"], json={"password": PASSWORD})
        asked = asyncio.create_task(call)
        await until_waiting(db)
        await connection.execute(NEW_PASSWORD, ann["id"])
    assert (await asked)["code"] == "WRONG_PASSWORD"
    assert await db.fetchrow(LEFT_BEHIND, ann["id"]) == before


async def test_session_that_ends_meanwhile_turns_no_factor_on(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    token = ann["access_token"]
    begun = await auth.call("POST", "/me/totp", 200, token, json={"password": PASSWORD})
    body = {"code": pyotp.TOTP(begun["secret"]).at(time.time())}
    async with db.acquire() as connection, connection.transaction():
        await connection.execute(HOLD, ann["id"])
        asked = asyncio.create_task(auth.call("POST", "/me/totp/confirm", 401, token, json=body))
        await until_waiting(db)
        await connection.execute(END, ann["id"])
    assert (await asked)["code"] == "SESSION_ENDED"
    assert (await auth.call("GET", "/me/totp", 200, token))["is_on"] is False


@pytest.mark.parametrize("way", ["this one", "another one", "all"])
async def test_sessions_end_behind_a_change_under_way(auth: Auth, db: Pool, way: str) -> None:
    ann = await auth.newcomer()
    phone = await auth.login(ann["username"])
    session_id = parts_of(phone["access_token"])[1]["sid"]
    call = {
        "this one": ("POST", "/logout", 204, phone["access_token"]),
        "another one": ("DELETE", f"/sessions/{session_id}", 204, ann["access_token"]),
        "all": ("POST", "/logout/all", 204, ann["access_token"]),
    }[way]
    async with db.acquire() as connection, connection.transaction():
        await connection.execute(HOLD, ann["id"])
        ending = asyncio.create_task(auth.call(*call))
        await until_waiting(db)
        assert await has_proof(db, phone["access_token"])
        # Whoever changes something looks at sessions, and holds the user already.
        await connection.execute("SELECT FROM auth.sessions FOR NO KEY UPDATE NOWAIT")
    await ending
    assert not await has_proof(db, phone["access_token"])
