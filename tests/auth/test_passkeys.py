"""Passkeys: made, used without a name, renamed, removed; and every lie about them."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from webauthn.helpers import bytes_to_base64url

from services.auth.attempts.lanes import ADDRESS, KNOWN
from services.auth.jobs import run_jobs
from services.auth.passkeys import challenges
from services.auth.passkeys.ceremonies import BadCredential, check_new, read_new, read_shown
from services.auth.passkeys.challenges import Challenges
from services.auth.passkeys.relying_party import RelyingParty
from shared.vault import new_key
from tests.auth.authenticator import (
    HONEST,
    ORIGIN,
    PRESENT,
    SYNCABLE,
    SYNCED,
    VERIFIED,
    Authenticator,
    unpadded,
)
from tests.auth.conftest import parts_of
from tests.auth.reader import AGE_PROOFS, AUDIT, until_waiting

if TYPE_CHECKING:
    from services.auth.settings import Settings
    from shared.db import Pool
    from tests.auth.conftest import Auth, Start

LOGIN, OPTIONS = "/passkeys/login", "/passkeys/options"
MINE, MY_OPTIONS = "/me/passkeys", "/me/passkeys/options"
FILL = """
INSERT INTO auth.passkeys (user_id, name, credential_id, public_key, sign_count, is_synced)
SELECT $1, 'x', sha256(number::text::bytea), '', 0, false FROM generate_series(1, 50) AS number
"""
SITE = RelyingParty("meridian.example", ORIGIN)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A site whose address has a name, and HTTPS."""
    return replace(settings, http=replace(settings.http, public_url=ORIGIN))


async def add(
    auth: Auth, token: str, device: Authenticator, status: int = 201, name: str = "phone"
) -> Any:
    options = await auth.call("POST", MY_OPTIONS, 200, token)
    body = {"name": name, "credential": device.create(options)}
    return await auth.call("POST", MINE, status, token, json=body)


async def sign_in(auth: Auth, device: Authenticator, status: int = 200, **more: Any) -> Any:
    options = await auth.call("POST", OPTIONS, 200)
    body = {"credential": device.get(options)}
    return await auth.call("POST", LOGIN, status, json=body, **more)


async def outcomes(db: Pool) -> list[str]:
    rows = await db.fetch("SELECT outcome FROM auth.logins ORDER BY created_at")
    return [row["outcome"] for row in rows]


@pytest.mark.parametrize("kind", ["es256", "eddsa", "rs256"])
async def test_passkey_signs_in_without_a_name(auth: Auth, db: Pool, kind: str) -> None:
    ann = await auth.newcomer()
    device = Authenticator(kind)
    made = await add(auth, ann["access_token"], device)
    assert made.keys() == {"id", "name", "is_synced", "created_at", "last_used_at", "cloned_at"}
    assert (made["name"], made["last_used_at"], made["is_synced"]) == ("phone", None, False)
    pair = await sign_in(auth, device)
    me = await auth.call("GET", "/me", 200, pair["access_token"])
    assert me["id"] == ann["id"]
    await auth.refresh(pair["refresh_token"])
    assert (
        await db.fetchval("SELECT method FROM auth.sessions ORDER BY created_at DESC") == "passkey"
    )
    (shown,) = (await auth.call("GET", MINE, 200, pair["access_token"]))["items"]
    assert shown["last_used_at"] is not None
    # Signing in so is a proof, and gives the browser its cookies.
    await auth.call("POST", MY_OPTIONS, 200, pair["access_token"])
    await sign_in(auth, device)
    assert auth.last is not None
    assert {"meridian_refresh", "meridian_device"} <= auth.last.cookies.keys()


async def test_options_are_what_browsers_want(auth: Auth) -> None:
    ann = await auth.newcomer()
    options = await auth.call("POST", OPTIONS, 200)
    assert {name: part for name, part in options.items() if name != "challenge"} == {
        "rpId": "meridian.example",
        "allowCredentials": [],
        "userVerification": "required",
        "timeout": 300_000,
    }
    await add(auth, ann["access_token"], device := Authenticator())
    options = await auth.call("POST", MY_OPTIONS, 200, ann["access_token"])
    assert options["rp"] == {"id": "meridian.example", "name": "Meridian"}
    assert options["user"]["name"] == ann["username"]
    assert unpadded(options["user"]["id"]) == UUID(ann["id"]).bytes
    assert options["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert options["attestation"] == "none"
    assert {one["alg"] for one in options["pubKeyCredParams"]} == {-7, -8, -257}
    assert options["excludeCredentials"] == [
        {
            "id": bytes_to_base64url(device.credential_id),
            "type": "public-key",
            "transports": ["internal", "hybrid"],
        }
    ]


async def test_credential_may_be_the_whole_body(auth: Auth) -> None:
    ann = await auth.newcomer()
    await add(auth, ann["access_token"], device := Authenticator())
    options = await auth.call("POST", OPTIONS, 200)
    await auth.call("POST", LOGIN, 200, json=device.get(options))


async def test_several_passkeys_with_names(auth: Auth) -> None:
    ann, bob = await auth.newcomer(), await auth.newcomer()
    token = ann["access_token"]
    phone, laptop = Authenticator(), Authenticator("eddsa")
    first = await add(auth, token, phone, name="phone")
    assert auth.last is not None
    etag = auth.last.headers["ETag"]
    second = await add(auth, token, laptop, name="laptop")
    path = f"{MINE}/{first['id']}"
    renamed = await auth.call(
        "PATCH", path, 200, token, json={"name": "old phone"}, headers={"If-Match": etag}
    )
    assert renamed == first | {"name": "old phone"}
    stale = {"If-Match": etag}
    await auth.call("PATCH", path, 412, token, json={"name": "x"}, headers=stale)
    await auth.call("PATCH", path, 422, token, json={"name": " "})
    for method, body in (("PATCH", {"name": "mine"}), ("DELETE", None)):
        problem = await auth.call(method, path, 404, bob["access_token"], json=body)
        assert problem["code"] == "PASSKEY_NOT_FOUND"
    page = await auth.call("GET", f"{MINE}?limit=1", 200, token)
    rest = await auth.call("GET", f"{MINE}?limit=1&cursor={page['next']}", 200, token)
    assert [one["name"] for one in page["items"] + rest["items"]] == ["laptop", "old phone"]
    assert rest["next"] is None
    await auth.call("DELETE", path, 204, token)
    await auth.call("DELETE", path, 404, token)
    await sign_in(auth, phone, 401)
    await sign_in(auth, laptop)
    assert second["id"] != first["id"]


async def test_adding_needs_a_proof(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    token = ann["access_token"]
    options = await auth.call("POST", MY_OPTIONS, 200, token)
    await db.execute(AGE_PROOFS)
    body = {"name": "phone", "credential": Authenticator().create(options)}
    assert (await auth.call("POST", MINE, 403, token, json=body))["code"] == "PROOF_NEEDED"
    assert (await auth.call("POST", MY_OPTIONS, 403, token))["code"] == "PROOF_NEEDED"


async def test_one_passkey_is_added_once(auth: Auth) -> None:
    ann, bob = await auth.newcomer(), await auth.newcomer()
    device = Authenticator()
    await add(auth, ann["access_token"], device)
    problem = await add(auth, bob["access_token"], device, 409)
    assert problem["code"] == "PASSKEY_EXISTS"


@pytest.mark.parametrize(("length", "status"), [(0, 422), (1, 201), (1023, 201), (1024, 422)])
async def test_name_of_a_credential_has_a_length(auth: Auth, length: int, status: int) -> None:
    ann = await auth.newcomer()
    device = Authenticator(credential_id=secrets.token_bytes(length))
    problem = await add(auth, ann["access_token"], device, status)
    assert status == 201 or list(problem["errors"]) == ["credential"]
    await sign_in(auth, device, 200 if status == 201 else 401)


async def test_too_many_passkeys_are_refused(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    await db.execute(FILL, ann["id"])
    problem = await add(auth, ann["access_token"], Authenticator(), 409)
    assert (problem["code"], problem["limit"]) == ("TOO_MANY_PASSKEYS", 50)


async def test_only_way_in_stays(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    token = ann["access_token"]
    ids = [(await add(auth, token, Authenticator()))["id"] for _ in range(2)]
    await db.execute("UPDATE auth.users SET password_hash = NULL")
    await auth.call("DELETE", f"{MINE}/{ids[0]}", 204, token)
    problem = await auth.call("DELETE", f"{MINE}/{ids[1]}", 409, token)
    assert problem["code"] == "LAST_SIGN_IN_WAY"
    assert len((await auth.call("GET", MINE, 200, token))["items"]) == 1


async def test_passkeys_are_in_the_audit(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    made = await add(auth, ann["access_token"], Authenticator())
    await auth.call("DELETE", f"{MINE}/{made['id']}", 204, ann["access_token"])
    lines = await db.fetch(AUDIT, made["id"])
    assert [line["action"] for line in lines] == ["passkey.added", "passkey.removed"]
    assert lines[0]["after"] == {"name": "phone"}


async def test_two_removals_at_once_leave_a_way_in(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    token = ann["access_token"]
    ids = [(await add(auth, token, Authenticator()))["id"] for _ in range(4)]
    await db.execute("UPDATE auth.users SET password_hash = NULL")

    async def remove(passkey_id: str) -> int:
        url = f"/auth/api/v1{MINE}/{passkey_id}"
        headers = {"Authorization": f"Bearer {token}"}
        async with auth.client.delete(url, headers=headers) as answer:
            return answer.status

    # All have begun before the first one ends.
    async with db.acquire() as connection, connection.transaction():
        await connection.execute("SELECT FROM auth.users FOR UPDATE")
        removals = [asyncio.create_task(remove(passkey_id)) for passkey_id in ids]
        await until_waiting(db, len(ids))
    assert sorted(await asyncio.gather(*removals)) == [204, 204, 204, 409]


async def test_session_that_ends_meanwhile_adds_no_passkey(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    async with db.acquire() as connection, connection.transaction():
        await connection.execute("SELECT FROM auth.users FOR UPDATE")
        adding = asyncio.create_task(add(auth, ann["access_token"], Authenticator(), 403))
        await until_waiting(db)
        await connection.execute(
            "UPDATE auth.sessions SET ended_at = now(), end_reason = 'revoked'"
        )
    assert (await adding)["code"] == "PROOF_NEEDED"
    assert await db.fetchval("SELECT count(*) FROM auth.passkeys") == 0


LIES_AT_MAKING: dict[str, dict[str, Any]] = {
    "other origin": {"origin": "https://evil.example"},
    "plain origin": {"origin": "http://meridian.example"},
    "other port": {"origin": f"{ORIGIN}:444"},
    "other site": {"rp_id": "evil.example"},
    "not verified": {"flags": PRESENT},
    "not present": {"flags": VERIFIED},
    "synced but not syncable": {"flags": HONEST | SYNCED},
}


@pytest.mark.parametrize("lie", LIES_AT_MAKING)
async def test_lies_when_a_passkey_is_made(auth: Auth, db: Pool, lie: str) -> None:
    ann = await auth.newcomer()
    problem = await add(auth, ann["access_token"], Authenticator(**LIES_AT_MAKING[lie]), 422)
    assert list(problem["errors"]) == ["credential"]
    assert await db.fetchval("SELECT count(*) FROM auth.passkeys") == 0


@pytest.mark.parametrize("lie", LIES_AT_MAKING)
async def test_lies_when_a_passkey_is_used(auth: Auth, db: Pool, lie: str) -> None:
    ann = await auth.newcomer()
    device = Authenticator()
    await add(auth, ann["access_token"], device)
    for name, value in LIES_AT_MAKING[lie].items():
        setattr(device, name, value)
    assert (await sign_in(auth, device, 401))["code"] == "LOGIN_FAILED"
    assert await outcomes(db) == ["success", "wrong_passkey"]


async def test_wrong_signature_is_refused(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    device = Authenticator()
    await add(auth, ann["access_token"], device)
    device.key = Authenticator().key
    await sign_in(auth, device, 401)
    assert await outcomes(db) == ["success", "wrong_passkey"]


async def test_passkey_of_another_is_no_way_in(auth: Auth, db: Pool) -> None:
    ann, bob = await auth.newcomer(), await auth.newcomer()
    mine, theirs = Authenticator(), Authenticator()
    await add(auth, ann["access_token"], mine)
    await add(auth, bob["access_token"], theirs)
    mine.user_handle, theirs.user_handle = theirs.user_handle, mine.user_handle
    await sign_in(auth, mine, 401)
    theirs.user_handle = None
    pair = await sign_in(auth, theirs)
    assert parts_of(pair["access_token"])[1]["sub"] == bob["id"]


async def test_unknown_passkey_is_refused(auth: Auth, db: Pool) -> None:
    problem = await sign_in(auth, Authenticator(), 401)
    assert problem["code"] == "LOGIN_FAILED"
    assert await outcomes(db) == []


async def test_challenge_works_once(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    device = Authenticator()
    options = await auth.call("POST", MY_OPTIONS, 200, ann["access_token"])
    body = {"name": "phone", "credential": device.create(options)}
    await auth.call("POST", MINE, 201, ann["access_token"], json=body)
    other = {"name": "phone", "credential": Authenticator().create(options)}
    await auth.call("POST", MINE, 422, ann["access_token"], json=other)

    options = await auth.call("POST", OPTIONS, 200)
    shown = {"credential": device.get(options)}
    await auth.call("POST", LOGIN, 200, json=shown)
    await auth.call("POST", LOGIN, 401, json=shown)
    again = {"credential": device.get(options)}
    await auth.call("POST", LOGIN, 401, json=again)
    assert await outcomes(db) == ["success", "success", "wrong_passkey", "wrong_passkey"]


async def test_challenge_is_for_one_purpose_and_one_session(auth: Auth) -> None:
    ann = await auth.newcomer()
    phone = await auth.login(ann["username"])
    device = Authenticator()
    await add(auth, ann["access_token"], device)
    theirs = await auth.call("POST", MY_OPTIONS, 200, phone["access_token"])
    body = {"name": "x", "credential": Authenticator().create(theirs)}
    await auth.call("POST", MINE, 422, ann["access_token"], json=body)
    to_sign_in = await auth.call("POST", OPTIONS, 200)
    mixed = theirs | {"challenge": to_sign_in["challenge"]}
    body = {"name": "x", "credential": Authenticator().create(mixed)}
    await auth.call("POST", MINE, 422, ann["access_token"], json=body)
    shown = device.get(to_sign_in | {"challenge": theirs["challenge"]})
    await auth.call("POST", LOGIN, 401, json={"credential": shown})
    made_up = device.get(to_sign_in | {"challenge": bytes_to_base64url(bytes(56))})
    await auth.call("POST", LOGIN, 401, json={"credential": made_up})


async def test_challenge_grows_old(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = await auth.newcomer()
    device = Authenticator()
    await add(auth, ann["access_token"], device)
    monkeypatch.setattr(challenges, "LIFE_SECONDS", 0)
    await sign_in(auth, device, 401)
    problem = await add(auth, ann["access_token"], Authenticator(), 422)
    assert problem["errors"]["credential"] == ["It took too long; begin again."]


def test_challenges_outlive_a_new_server_key() -> None:
    old, new = new_key(), new_key()
    challenge = Challenges([old]).make("x")
    assert Challenges([new, old]).find_expiry(challenge, "x")
    assert not Challenges([new]).find_expiry(challenge, "x")
    assert not Challenges([old]).find_expiry(challenge, "y")
    for place in range(0, len(challenge), 7):
        changed = bytearray(challenge)
        changed[place] ^= 1
        assert not Challenges([old]).find_expiry(bytes(changed), "x")


async def test_copy_is_refused_and_owned_up_to(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    device = Authenticator()
    await add(auth, ann["access_token"], device)
    copy = replace(device)
    copy.key = device.key
    for _ in range(3):
        await sign_in(auth, device)
    assert (await sign_in(auth, copy, 401))["code"] == "LOGIN_FAILED"
    (shown,) = (await auth.call("GET", MINE, 200, ann["access_token"]))["items"]
    assert shown["cloned_at"] is not None
    history = (await auth.call("GET", "/logins", 200, ann["access_token"]))["items"]
    assert history[0]["outcome"] == "passkey_cloned"
    await sign_in(auth, device)


async def test_same_count_twice_at_once_gets_in_once(auth: Auth) -> None:
    ann = await auth.newcomer()
    device = Authenticator()
    await add(auth, ann["access_token"], device)
    copies = []
    for _ in range(4):
        copy = replace(device)
        copy.key = device.key
        options = await auth.call("POST", OPTIONS, 200)
        copies.append({"credential": copy.get(options)})

    async def try_one(body: dict[str, Any]) -> int:
        async with auth.client.post(f"/auth/api/v1{LOGIN}", json=body) as answer:
            return answer.status

    assert sorted(await asyncio.gather(*map(try_one, copies))) == [200, 401, 401, 401]


async def test_authenticator_that_does_not_count_is_fine(auth: Auth) -> None:
    ann = await auth.newcomer()
    device = Authenticator(counts=False, flags=HONEST | SYNCABLE | SYNCED)
    assert (await add(auth, ann["access_token"], device))["is_synced"] is True
    for _ in range(3):
        await sign_in(auth, device)


async def test_disabled_person_is_kept_out(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    await add(auth, ann["access_token"], device := Authenticator())
    await db.execute("UPDATE auth.users SET is_active = false")
    assert (await sign_in(auth, device, 401))["code"] == "LOGIN_FAILED"
    assert await outcomes(db) == ["success", "disabled"]


async def test_no_code_is_asked_for_beside_a_passkey(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    await add(auth, ann["access_token"], device := Authenticator())
    await db.execute(
        "INSERT INTO auth.totp (user_id, secret, confirmed_at) VALUES ($1, 'x', now())", ann["id"]
    )
    await sign_in(auth, device)


async def test_passkey_renews_a_proof(auth: Auth, db: Pool) -> None:
    ann, bob = await auth.newcomer(), await auth.newcomer()
    mine, theirs = Authenticator(), Authenticator()
    await add(auth, ann["access_token"], mine)
    await add(auth, bob["access_token"], theirs)
    await db.execute(AGE_PROOFS)
    token = ann["access_token"]
    await auth.call("POST", MY_OPTIONS, 403, token)
    for device, status in ((theirs, 401), (mine, 204)):
        options = await auth.call("POST", OPTIONS, 200)
        proof = {"passkey": device.get(options)}
        problem = await auth.call("POST", "/me/proof", status, token, json=proof)
        assert problem is None or problem["code"] == "WRONG_PASSKEY"
    await auth.call("POST", MY_OPTIONS, 200, token)
    await auth.call("POST", MY_OPTIONS, 403, bob["access_token"])


async def test_guessing_is_slowed_down(auth: Auth) -> None:
    codes = []
    for _ in range(25):
        options = await auth.call("POST", OPTIONS, 200)
        body = {"credential": Authenticator("eddsa").get(options)}
        async with auth.client.post(f"/auth/api/v1{LOGIN}", json=body) as answer:
            codes.append(answer.status)
    assert codes[:20] == [401] * 20
    assert 429 in codes


async def test_who_shares_the_address_locks_no_known_device_out(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    device = Authenticator("eddsa")
    await add(auth, ann["access_token"], device)
    await sign_in(auth, device)
    assert auth.last is not None
    own = {"Cookie": f"meridian_device={auth.last.cookies['meridian_device'].value}"}
    for _ in range(ADDRESS.free + 1):
        await sign_in(auth, Authenticator("eddsa"), 401)
    await sign_in(auth, device, 429)
    await sign_in(auth, device, 429, headers={"Cookie": "meridian_device=x"})
    await sign_in(auth, device, headers=own)
    # Nor may a known device try as often as it likes.
    for _ in range(KNOWN.free + 1):
        await sign_in(auth, Authenticator("eddsa"), 401, headers=own)
    await sign_in(auth, device, 429, headers=own)


async def test_site_without_a_name_offers_none(start: Start, settings: Settings, db: Pool) -> None:
    plain = replace(settings, http=replace(settings.http, public_url="http://127.0.0.1:8080"))
    auth = await start(plain)
    ann = await auth.newcomer()
    for path, token in ((OPTIONS, None), (MY_OPTIONS, ann["access_token"])):
        problem = await auth.call("POST", path, 409, token)
        assert problem["code"] == "PASSKEYS_UNAVAILABLE"
    problem = await auth.call("POST", LOGIN, 409, json={"credential": {}})
    assert problem["code"] == "PASSKEYS_UNAVAILABLE"


async def test_expired_challenges_are_swept(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    await add(auth, ann["access_token"], device := Authenticator())
    await sign_in(auth, device)
    assert await db.fetchval("SELECT count(*) FROM auth.used_challenges") == 2
    await run_jobs(db, auth.settings.auth)
    assert await db.fetchval("SELECT count(*) FROM auth.used_challenges") == 2
    await db.execute("UPDATE auth.used_challenges SET expires_at = now() - interval '1 second'")
    await run_jobs(db, auth.settings.auth)
    assert await db.fetchval("SELECT count(*) FROM auth.used_challenges") == 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=10,
)
PIECE = st.one_of(JSON, st.binary(max_size=200).map(bytes_to_base64url))
RESPONSE = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle",
         "transports"), PIECE,
    ),
)  # fmt: skip
CREDENTIAL = st.fixed_dictionaries(
    {},
    optional={
        "id": PIECE, "rawId": PIECE, "type": PIECE | st.just("public-key"),
        "response": RESPONSE | JSON, "authenticatorAttachment": JSON,
    },
)  # fmt: skip


@examples(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(CREDENTIAL)
def test_whatever_comes_is_a_bad_credential(credential: dict[str, Any]) -> None:
    for read in (read_new, read_shown):
        with pytest.raises(BadCredential):
            read(credential)
    with pytest.raises(BadCredential):
        check_new(SITE, credential, b"challenge")


@examples(max_examples=200, deadline=None)
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=8))
def test_damaged_attestation_is_a_bad_credential(place: int, patch: bytes) -> None:
    options = {"rp": {"id": SITE.id}, "user": {"id": "AA"}, "challenge": bytes_to_base64url(b"c")}
    made = Authenticator("eddsa", credential_id=b"c" * 32).create(options)
    raw = bytearray(unpadded(made["response"]["attestationObject"]))
    at = place % len(raw)
    raw[at : at + len(patch)] = patch
    made["response"]["attestationObject"] = bytes_to_base64url(bytes(raw))
    # Nothing else is raised, whether the change matters or not.
    with contextlib.suppress(BadCredential):
        assert check_new(SITE, made, b"c").public_key


async def test_strange_bodies_are_refused(auth: Auth) -> None:
    ann = await auth.newcomer()
    bodies: list[Any] = [{}, {"credential": None}, {"credential": "x"}, {"credential": []}, []]
    for strange in bodies:
        await auth.call("POST", LOGIN, 422, json=strange)
    for credential in ({}, {"id": "x"}, {"response": orjson.dumps({}).decode()}):
        await auth.call("POST", LOGIN, 401, json={"credential": credential})
        body = {"name": "x", "credential": credential}
        await auth.call("POST", MINE, 422, ann["access_token"], json=body)
