"""The second factor: set up, asked for, used once, lost, removed."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from argon2 import PasswordHasher

from shared.vault import Vault
from tests.auth.conftest import PASSWORD
from tests.auth.reader import AGE_PROOFS, AUDIT

if TYPE_CHECKING:
    from shared.db import Pool
    from tests.auth.conftest import Auth, Start

FORGET_STEP = "UPDATE auth.totp SET last_step = 0"
MINE = {"password": PASSWORD}


def code_of(secret: str, steps: int = 0) -> str:
    """The code that an app shows now, or shows so many steps later."""
    return pyotp.TOTP(secret).at(time.time(), counter_offset=steps)


def wrong_code(secret: str) -> str:
    """A code that fits at no time near now."""
    near = {code_of(secret, steps) for steps in range(-3, 4)}
    return next(code for code in map("{:06}".format, range(100)) if code not in near)


async def with_factor(auth: Auth, db: Pool) -> dict[str, Any]:
    """A person whose second factor is on: with `secret` and `recovery_codes`."""
    ann = await auth.newcomer()
    token = ann["access_token"]
    begun: dict[str, Any] = await auth.call("POST", "/me/totp", 200, token, json=MINE)
    code = {"code": code_of(begun["secret"])}
    confirmed: dict[str, Any] = await auth.call("POST", "/me/totp/confirm", 200, token, json=code)
    await db.execute(FORGET_STEP)
    return ann | begun | confirmed


async def try_login(auth: Auth, ann: dict[str, Any], status: int, **more: Any) -> Any:
    body = {"username": ann["username"], "password": PASSWORD} | more
    return await auth.call("POST", "/login", status, json=body)


async def outcomes(db: Pool) -> list[str]:
    rows = await db.fetch("SELECT outcome FROM auth.logins ORDER BY created_at")
    return [row["outcome"] for row in rows]


async def test_factor_counts_once_it_is_confirmed(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    token = ann["access_token"]
    begun = await auth.call("POST", "/me/totp", 200, token, json=MINE)
    uri = urlsplit(begun["uri"])
    assert uri.path == f"/Meridian:{ann['username']}%40meridian.example"
    assert parse_qs(uri.query) == {"secret": [begun["secret"]], "issuer": ["Meridian"]}
    assert (await auth.call("GET", "/me/totp", 200, token))["is_on"] is False
    await try_login(auth, ann, 200)

    wrong = {"code": wrong_code(begun["secret"])}
    problem = await auth.call("POST", "/me/totp/confirm", 401, token, json=wrong)
    assert problem["code"] == "WRONG_CODE"
    right = {"code": code_of(begun["secret"])}
    codes = (await auth.call("POST", "/me/totp/confirm", 200, token, json=right))["recovery_codes"]
    assert len(set(codes)) == 10
    shown = await auth.call("GET", "/me/totp", 200, token)
    assert (shown["is_on"], shown["recovery_codes_left"]) == (True, 10)
    assert (await try_login(auth, ann, 401))["code"] == "TOTP_REQUIRED"
    # Whoever was signed in stays so.
    await auth.call("GET", "/me", 200, token)


async def test_login_takes_password_and_code(auth: Auth, db: Pool) -> None:
    ann = await with_factor(auth, db)
    assert (await try_login(auth, ann, 401))["code"] == "TOTP_REQUIRED"
    assert (await try_login(auth, ann, 401, totp=None))["code"] == "TOTP_REQUIRED"
    problem = await try_login(auth, ann, 401, totp=wrong_code(ann["secret"]))
    assert problem["code"] == "LOGIN_FAILED"
    wrong = {"username": ann["username"], "password": f"not {PASSWORD}"}
    code = code_of(ann["secret"])
    problem = await auth.call("POST", "/login", 401, json=wrong | {"totp": code})
    assert problem["code"] == "LOGIN_FAILED"
    await try_login(auth, ann, 200, totp=f"{code[:3]} {code[3:]}")
    assert await outcomes(db) == [
        "success", "totp_required", "totp_required", "wrong_code", "wrong_password", "success",
    ]  # fmt: skip


@pytest.mark.parametrize("totp", ["12345", "1234567", "abcdef", 123456, "12345\0"])
async def test_what_is_no_code_is_said(auth: Auth, db: Pool, totp: Any) -> None:
    ann = await auth.newcomer()
    assert "totp" in (await try_login(auth, ann, 422, totp=totp))["errors"]


async def test_code_works_once(auth: Auth, db: Pool) -> None:
    ann = await with_factor(auth, db)
    code = code_of(ann["secret"])
    attempts = await asyncio.gather(*(_status(auth, ann, code) for _ in range(4)))
    assert min(attempts) == 200
    assert attempts.count(200) == 1
    assert await _status(auth, ann, code) in {401, 429}


async def _status(auth: Auth, ann: dict[str, Any], code: str) -> int:
    body = {"username": ann["username"], "password": PASSWORD, "totp": code}
    async with auth.client.post("/auth/api/v1/login", json=body) as answer:
        return answer.status


async def test_older_code_is_dead_once_a_newer_one_was_used(auth: Auth, db: Pool) -> None:
    ann = await with_factor(auth, db)
    older, newer = code_of(ann["secret"]), code_of(ann["secret"], 1)
    await try_login(auth, ann, 200, totp=newer)
    assert (await try_login(auth, ann, 401, totp=older))["code"] == "LOGIN_FAILED"


async def test_code_that_confirmed_is_used_up(auth: Auth) -> None:
    ann = await auth.newcomer()
    begun = await auth.call("POST", "/me/totp", 200, ann["access_token"], json=MINE)
    code = code_of(begun["secret"])
    await auth.call("POST", "/me/totp/confirm", 200, ann["access_token"], json={"code": code})
    assert (await try_login(auth, ann, 401, totp=code))["code"] == "LOGIN_FAILED"


async def test_recovery_code_works_once(auth: Auth, db: Pool) -> None:
    ann = await with_factor(auth, db)
    first, second, *_ = ann["recovery_codes"]
    await try_login(auth, ann, 200, recovery_code=first.lower().replace("-", " "))
    assert (await try_login(auth, ann, 401, recovery_code=first))["code"] == "LOGIN_FAILED"
    shown = await auth.call("GET", "/me/totp", 200, ann["access_token"])
    assert shown["recovery_codes_left"] == 9
    token = ann["access_token"]
    renewed = await auth.call("POST", "/me/totp/recovery-codes", 200, token, json=MINE)
    await try_login(auth, ann, 401, recovery_code=second)
    await try_login(auth, ann, 200, recovery_code=renewed["recovery_codes"][0])


async def test_codes_of_others_do_not_help(auth: Auth, db: Pool) -> None:
    ann, bob = await with_factor(auth, db), await with_factor(auth, db)
    await try_login(auth, ann, 401, totp=code_of(bob["secret"]))
    await try_login(auth, ann, 401, recovery_code=bob["recovery_codes"][0])
    await try_login(auth, bob, 200, recovery_code=bob["recovery_codes"][0])


async def test_removed_factor_is_asked_for_no_more(auth: Auth, db: Pool) -> None:
    ann = await with_factor(auth, db)
    token = ann["access_token"]
    wrong = {"password": f"not {PASSWORD}"}
    assert (await auth.call("DELETE", "/me/totp", 401, token, json=wrong))[
        "code"
    ] == "WRONG_PASSWORD"
    await auth.call("DELETE", "/me/totp", 204, token, json=MINE)
    await try_login(auth, ann, 200)
    assert await db.fetchval("SELECT count(*) FROM auth.recovery_codes") == 0
    problem = await auth.call("DELETE", "/me/totp", 409, token, json=MINE)
    assert problem["code"] == "TOTP_NOT_STARTED"
    problem = await auth.call("POST", "/me/totp/recovery-codes", 409, token, json=MINE)
    assert problem["code"] == "TOTP_NOT_STARTED"


async def test_factor_is_in_the_audit(auth: Auth, db: Pool) -> None:
    ann = await with_factor(auth, db)
    await auth.call("POST", "/me/totp/recovery-codes", 200, ann["access_token"], json=MINE)
    await auth.call("DELETE", "/me/totp", 204, ann["access_token"], json=MINE)
    lines = await db.fetch(AUDIT, ann["id"])
    assert [line["action"] for line in lines][-3:] == [
        "totp.enabled", "recovery_codes.renewed", "totp.disabled",
    ]  # fmt: skip
    assert all(code not in str(lines) for code in ann["recovery_codes"])


async def test_factor_is_replaced_only_after_it_was_removed(auth: Auth, db: Pool) -> None:
    ann = await with_factor(auth, db)
    token, code = ann["access_token"], {"code": code_of(ann["secret"])}
    problem = await auth.call("POST", "/me/totp", 409, token, json=MINE)
    assert problem["code"] == "TOTP_ENABLED"
    problem = await auth.call("POST", "/me/totp/confirm", 409, token, json=code)
    assert problem["code"] == "TOTP_ENABLED"
    bob = await auth.newcomer()
    problem = await auth.call("POST", "/me/totp/confirm", 409, bob["access_token"], json=code)
    assert problem["code"] == "TOTP_NOT_STARTED"


async def test_setting_up_again_replaces_what_was_not_confirmed(auth: Auth) -> None:
    ann = await auth.newcomer()
    token = ann["access_token"]
    first = await auth.call("POST", "/me/totp", 200, token, json=MINE)
    second = await auth.call("POST", "/me/totp", 200, token, json=MINE)
    assert first["secret"] != second["secret"]
    code = {"code": code_of(first["secret"])}
    await auth.call("POST", "/me/totp/confirm", 401, token, json=code)
    code = {"code": code_of(second["secret"])}
    await auth.call("POST", "/me/totp/confirm", 200, token, json=code)


async def test_setting_up_needs_the_password(auth: Auth) -> None:
    ann = await auth.newcomer()
    token = ann["access_token"]
    wrong = {"password": f"not {PASSWORD}"}
    problem = await auth.call("POST", "/me/totp", 401, token, json=wrong)
    assert problem["code"] == "WRONG_PASSWORD"
    await auth.call("POST", "/me/totp", 422, token, json={})
    await auth.call("POST", "/me/totp", 401, json=MINE)


async def test_short_password_does_not_stand_alone(auth: Auth, db: Pool) -> None:
    ann = await with_factor(auth, db)
    short = "ten chars!"
    hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
    short_hash = hasher.hash(short)
    await db.execute("UPDATE auth.users SET password_hash = $1", short_hash)
    problem = await auth.call(
        "DELETE", "/me/totp", 409, ann["access_token"], json={"password": short}
    )
    assert problem["code"] == "PASSWORD_TOO_SHORT"


async def test_lost_factor_is_taken_away_by_an_administrator(auth: Auth, db: Pool) -> None:
    ann, admin = await with_factor(auth, db), await auth.worker(db, "users.change")
    path = f"/users/{ann['id']}/totp"
    await auth.call("DELETE", path, 403, ann["access_token"])
    await auth.call("DELETE", path, 204, admin["access_token"])
    await auth.call("GET", "/me", 401, ann["access_token"])
    await try_login(auth, ann, 200)
    line = (await db.fetch(AUDIT, ann["id"]))[-1]
    assert (line["action"], str(line["actor_id"])) == ("totp.taken_away", admin["id"])
    problem = await auth.call("DELETE", path, 409, admin["access_token"])
    assert problem["code"] == "TOTP_NOT_STARTED"
    nobody = f"/users/{uuid.uuid4()}/totp"
    await auth.call("DELETE", nobody, 404, admin["access_token"])


async def test_factor_of_a_superuser_is_taken_away_by_superusers_only(auth: Auth, db: Pool) -> None:
    ann, admin = await with_factor(auth, db), await auth.worker(db, "users.change")
    await db.execute("UPDATE auth.users SET is_superuser = true WHERE id = $1", ann["id"])
    await auth.call("DELETE", f"/users/{ann['id']}/totp", 403, admin["access_token"])
    other = await auth.superuser(db)
    await auth.call("DELETE", f"/users/{ann['id']}/totp", 204, other["access_token"])


async def test_short_password_lets_nobody_in_when_the_factor_is_gone(auth: Auth, db: Pool) -> None:
    ann, admin = await with_factor(auth, db), await auth.worker(db, "users.change")
    short = {"current_password": PASSWORD, "new_password": "ten chars!"}
    await auth.call("POST", "/me/password", 204, ann["access_token"], json=short)
    code = code_of(ann["secret"])
    await try_login(auth, ann, 200, password="ten chars!", totp=code)
    await auth.call("DELETE", f"/users/{ann['id']}/totp", 204, admin["access_token"])
    problem = await try_login(auth, ann, 409, password="ten chars!")
    assert problem["code"] == "PASSWORD_TOO_SHORT"
    assert (await outcomes(db))[-1] == "password_too_short"
    await try_login(auth, ann, 401, password="ten others")
    reset = f"/users/{ann['id']}/reset"
    url = (await auth.call("POST", reset, 200, admin["access_token"]))["url"]
    wanted = {"token": url.rpartition("/")[2], "new_password": "ten chars!"}
    await auth.call("POST", "/password/reset", 422, json=wanted)
    await auth.call("POST", "/password/reset", 204, json=wanted | {"new_password": PASSWORD})
    await try_login(auth, ann, 200)


async def test_secrets_are_sealed_and_codes_hashed(auth: Auth, db: Pool) -> None:
    ann = await with_factor(auth, db)
    sealed = await db.fetchval("SELECT secret FROM auth.totp")
    assert ann["secret"].encode() not in sealed
    assert Vault(auth.settings.shared.secret_keys).decrypt(sealed) == ann["secret"]
    stored = str(await db.fetch("SELECT * FROM auth.recovery_codes"))
    assert not any(code in stored for code in ann["recovery_codes"])


async def test_guessing_codes_is_slowed_down(auth: Auth, db: Pool) -> None:
    ann = await with_factor(auth, db)
    await db.execute("DELETE FROM auth.sessions")  # a place and a device that nobody knows
    wrong = wrong_code(ann["secret"])
    for _ in range(6):
        await try_login(auth, ann, 401, totp=wrong)
    problem = await try_login(auth, ann, 429, totp=code_of(ann["secret"]))
    assert problem["code"] == "TOO_MANY_ATTEMPTS"
    # Guessing recovery codes is no way round.
    await try_login(auth, ann, 429, recovery_code=ann["recovery_codes"][0])


async def test_strangers_with_the_password_keep_the_owner_out_of_nothing(
    auth: Auth, db: Pool
) -> None:
    ann = await with_factor(auth, db)
    body = {"username": ann["username"], "password": PASSWORD, "totp": code_of(ann["secret"])}
    async with auth.client.post("/auth/api/v1/login", json=body) as answer:
        mark = answer.cookies["meridian_device"].value
    await db.execute("DELETE FROM auth.sessions")
    for _ in range(6):
        await try_login(auth, ann, 401, totp=wrong_code(ann["secret"]))
    await try_login(auth, ann, 429, totp=wrong_code(ann["secret"]))
    await db.execute(FORGET_STEP)
    headers = {"Cookie": f"meridian_device={mark}"}
    body["totp"] = code_of(ann["secret"])
    await auth.call("POST", "/login", 200, json=body, headers=headers)


async def test_code_renews_a_proof(auth: Auth, db: Pool) -> None:
    ann = await with_factor(auth, db)
    token = ann["access_token"]
    await db.execute(AGE_PROOFS)
    body = {"name": "backup", "scopes": ["files.view"]}
    await auth.call("POST", "/me/tokens", 403, token, json=body)
    wrong = {"totp": wrong_code(ann["secret"])}
    assert (await auth.call("POST", "/me/proof", 401, token, json=wrong))["code"] == "WRONG_CODE"
    half = {"password": PASSWORD, "recovery_code": "not one"}
    await auth.call("POST", "/me/proof", 401, token, json=half)
    await auth.call("POST", "/me/tokens", 403, token, json=body)
    await auth.call("POST", "/me/proof", 204, token, json={"totp": code_of(ann["secret"])})
    await auth.call("POST", "/me/tokens", 201, token, json=body)
    await auth.call("POST", "/me/proof", 422, token, json={})


async def test_factor_that_comes_while_somebody_signs_in_counts(auth: Auth, db: Pool) -> None:
    """A login that saw no factor opens no session once there is one."""
    ann = await auth.newcomer()
    token = ann["access_token"]
    begun = await auth.call("POST", "/me/totp", 200, token, json=MINE)
    async with db.acquire() as connection, connection.transaction():
        await connection.execute("SELECT FROM auth.users FOR UPDATE")
        login = asyncio.create_task(try_login(auth, ann, 401))
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        async with asyncio.timeout(10):
            while not await db.fetchval(waiting):
                await asyncio.sleep(0.02)
        await connection.execute("UPDATE auth.totp SET confirmed_at = now()")
        await connection.execute(
            "UPDATE auth.users SET credentials_version = credentials_version + 1"
        )
    assert (await login)["code"] == "LOGIN_FAILED"
    assert begun["secret"]


async def test_wrong_vault_key_lets_nobody_in(auth: Auth, db: Pool, start: Start) -> None:
    ann = await with_factor(auth, db)
    await db.execute("UPDATE auth.totp SET secret = 'not sealed'")
    await try_login(auth, ann, 500, totp=code_of(ann["secret"]))
    await try_login(auth, ann, 200, recovery_code=ann["recovery_codes"][0])
