"""Accounts: register, see, change."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from tests.auth.conftest import API, PASSWORD, Auth, bearer

if TYPE_CHECKING:
    from shared.db import Pool

GOOD = {"username": "ann", "email": "ann@example.com", "password": PASSWORD}


async def test_registered_user_is_a_member(auth: Auth) -> None:
    names = {"first_name": "Анна", "last_name": "Ли"}
    user = await auth.call("POST", "/register", 201, json=GOOD | names)
    assert user["roles"] == ["member"]
    assert "files.upload" in user["permissions"]
    assert "servers.create" not in user["permissions"]
    assert (user["first_name"], user["last_name"], user["is_superuser"]) == ("Анна", "Ли", False)
    assert "password" not in user
    assert PASSWORD not in str(user)


BAD_FIELDS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"username": "ab"}, "username"),
    ({"username": "a" * 65}, "username"),
    ({"username": "ann lee"}, "username"),
    ({"username": "ann@lee"}, "username"),
    ({"username": "\u3164\u3164\u3164"}, "username"),
    ({"username": "an\u200bna"}, "username"),
    ({"username": "anna\u200d"}, "username"),
    ({"username": "\u0301anna"}, "username"),
    ({"username": "ann☃"}, "username"),
    ({"email": "ann@exa mple.com"}, "email"),
    ({"email": "ann@example..com"}, "email"),
    ({"email": "ann@-example.com"}, "email"),
    ({"email": "a\u200bnn@example.com"}, "email"),
    ({"email": "ann@exam\u200bple.com"}, "email"),
    ({"first_name": "\u200b"}, "first_name"),
    ({"first_name": "An\u00adna"}, "first_name"),
    ({"first_name": "Anna\ue000"}, "first_name"),
    ({"username": None}, "username"),
    ({"username": 7}, "username"),
    ({"email": "ann"}, "email"),
    ({"email": f"{'a' * 60}@{'b' * 200}.example"}, "email"),
    ({"password": "fourteen chars"}, "password"),
    ({"password": "a" * 1025}, "password"),
    ({"password": "seven green boats " * 15}, "password"),
    ({"password": "meridian meridian 1"}, "password"),
    ({"first_name": "Bartholomew", "password": "bartholomew 2026"}, "password"),
    ({"password": "ы" * 513}, "password"),
    ({"password": "passwordpassword"}, "password"),
    ({"password": "qwertyuiopasdfgh"}, "password"),
    ({"password": "abcabcabcabcabcabc"}, "password"),
    ({"username": "a-rather-long-name", "password": "A-Rather-Long-Name"}, "password"),
    ({"first_name": "a" * 101}, "first_name"),
    ({"first_name": "a\u202eb"}, "first_name"),
    ({"last_name": "a\nb"}, "last_name"),
    ({"last_name": "a\x00b"}, "last_name"),
    ({"is_superuser": True}, "is_superuser"),
    ({"roles": ["admin"]}, "roles"),
)


async def test_bad_field_is_named(auth: Auth) -> None:
    for changes, field in BAD_FIELDS:
        problem = await auth.call("POST", "/register", 422, json=GOOD | changes)
        assert problem["code"] == "VALIDATION_FAILED"
        assert list(problem["errors"]) == [field], changes


async def test_missing_field_is_named(auth: Auth) -> None:
    for missing in GOOD:
        body = {name: text for name, text in GOOD.items() if name != missing}
        problem = await auth.call("POST", "/register", 422, json=body)
        assert list(problem["errors"]) == [missing]


async def test_long_password_of_any_kind_is_fine(auth: Auth) -> None:
    for password in ("fifteen letters", "ключ от старой лодки", "  spaces count  "):
        user = await auth.register(password=password)
        await auth.login(user["username"], password)


@pytest.mark.parametrize(
    ("schema", "name", "shortest"),
    [
        ("Registration", "password", 15),
        ("PasswordChange", "new_password", 8),
        ("PasswordChange", "current_password", 1),
        ("Login", "password", 1),
        ("Proof", "password", 1),
    ],
)
async def test_document_tells_how_short_a_password_may_be(
    auth: Auth, schema: str, name: str, shortest: int
) -> None:
    told = auth.document["components"]["schemas"][schema]["properties"][name]
    assert told["minLength"] == shortest


async def test_username_is_taken_in_any_form(auth: Auth) -> None:
    await auth.register("Anna")
    for name in ("anna", "ANNA", "Ａｎｎａ", "ᴬnna"):
        body = GOOD | {"username": name, "email": "other@example.com"}
        problem = await auth.call("POST", "/register", 409, json=body)
        assert problem["code"] == "USERNAME_TAKEN"


async def test_email_is_taken_in_any_case(auth: Auth, db: Pool) -> None:
    await auth.call("POST", "/register", 201, json=GOOD)
    body = GOOD | {"username": "bob", "email": "ANN@Example.COM"}
    problem = await auth.call("POST", "/register", 409, json=body)
    assert problem["code"] == "EMAIL_TAKEN"
    assert await db.fetchval("SELECT count(*) FROM auth.users") == 1


GOOD_NAMES = ("हिन्दी1", "தமிழ்1", "Ελένη", "한국어", "ann_lee", "ann.lee-2", "עברית", "ไทยแลนด์")


async def test_of_two_who_register_one_name_at_once_one_gets_it(auth: Auth, db: Pool) -> None:
    for number in range(5):

        async def status(address: str, name: str = f"ann-{number}") -> int:
            body = GOOD | {"username": name, "email": address}
            async with auth.client.post(f"{API}/register", json=body) as answer:
                if answer.status == 409:
                    assert (await answer.json())["code"] == "USERNAME_TAKEN"
                return answer.status

        addresses = [f"{who}-{number}@example.com" for who in ("one", "two")]
        assert sorted(await asyncio.gather(*map(status, addresses))) == [201, 409]
    assert await db.fetchval("SELECT count(*) FROM auth.users") == 5


async def test_letters_of_any_alphabet_make_a_name(auth: Auth) -> None:
    for number, name in enumerate(GOOD_NAMES):
        body = GOOD | {"username": name, "email": f"{number}@example.com"}
        user = await auth.call("POST", "/register", 201, json=body)
        assert user["username"] == name
        await auth.login(name)


@pytest.mark.parametrize(
    ("taken", "wanted"),
    [
        ("Straße", "STRASSE"),
        ("istanbul", "ıstanbul"),
        ("istanbul", "ISTANBUL"),
        ("istanbul", "İSTANBUL"),
        ("office", "oﬃce"),
        ("Å-ring", "a\u030a-ring"),
        ("Ωmega", "ωMEGA"),
    ],
)
async def test_names_that_look_alike_are_one(auth: Auth, taken: str, wanted: str) -> None:
    await auth.call("POST", "/register", 201, json=GOOD | {"username": taken})
    body = GOOD | {"username": wanted, "email": "other@example.com"}
    problem = await auth.call("POST", "/register", 409, json=body)
    assert problem["code"] == "USERNAME_TAKEN"
    await auth.login(wanted)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Anne\u00a0Marie", "Anne Marie"),
        ("山田\u3000太郎", "山田 太郎"),
        ("  Ann   Lee ", "Ann Lee"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("O’Neill-Smith, Jr.", "O’Neill-Smith, Jr."),
    ],
)
async def test_names_of_people_are_kept(auth: Auth, typed: str, shown: str) -> None:
    user = await auth.call("POST", "/register", 201, json=GOOD | {"first_name": typed})
    assert user["first_name"] == shown


@pytest.mark.parametrize(
    ("taken", "wanted", "status"),
    [
        ("ann@пример.рф", "ann@xn--e1afmkfd.xn--p1ai", 409),
        ("ann@пример.рф", "ANN@ПРИМЕР.РФ", 409),
        ("ann@example.com", "ann@ＥＸＡＭＰＬＥ.com", 409),
        ("ann@faß.de", "ann@fass.de", 201),
        ("ann@faß.de", "ann@xn--fa-hia.de", 409),
    ],
)
async def test_addresses_are_compared_as_mail_has_them(
    auth: Auth, taken: str, wanted: str, status: int
) -> None:
    await auth.call("POST", "/register", 201, json=GOOD | {"email": taken})
    body = GOOD | {"username": "bob", "email": wanted}
    await auth.call("POST", "/register", status, json=body)


async def test_address_signs_in_as_the_name_does(auth: Auth) -> None:
    user = await auth.call("POST", "/register", 201, json=GOOD | {"email": "ann@пример.рф"})
    for name in ("ann@пример.рф", "Ann@xn--e1afmkfd.xn--p1ai", "ANN"):
        pair = await auth.login(name)
        assert (await auth.call("GET", "/me", 200, pair["access_token"]))["id"] == user["id"]
    await auth.call("POST", "/login", 401, json={"username": "ann@", "password": PASSWORD})
    await auth.call("POST", "/login", 401, json={"username": "@", "password": PASSWORD})


async def test_without_its_role_nobody_is_added(auth: Auth, db: Pool) -> None:
    await db.execute("DELETE FROM auth.roles WHERE name = 'member'")
    await auth.call("POST", "/register", 500, json=GOOD)
    assert await db.fetchval("SELECT count(*) FROM auth.users") == 0


async def test_me(auth: Auth) -> None:
    ann = await auth.newcomer()
    me = await auth.call("GET", "/me", 200, ann["access_token"])
    assert me["username"] == ann["username"]
    assert me["permissions"] == ann["permissions"]


async def test_change_of_profile_leaves_the_rest(auth: Auth) -> None:
    ann = await auth.newcomer()
    changed = await auth.call("PATCH", "/me", 200, ann["access_token"], json={"first_name": "Ann"})
    assert changed["first_name"] == "Ann"
    assert changed["email"] == ann["email"]
    await auth.call("PATCH", "/me", 422, ann["access_token"], json={"username": "other"})


async def test_stale_profile_is_not_overwritten(auth: Auth) -> None:
    ann = await auth.newcomer()
    token = ann["access_token"]
    await auth.call("GET", "/me", 200, token)
    assert auth.last is not None
    fresh = {"If-Match": auth.last.headers["ETag"]}
    await auth.call("PATCH", "/me", 200, token, json={"first_name": "Ann"}, headers=fresh)
    stale = await auth.call("PATCH", "/me", 412, token, json={"first_name": "X"}, headers=fresh)
    assert stale["code"] == "PRECONDITION_FAILED"
    assert (await auth.call("GET", "/me", 200, token))["first_name"] == "Ann"


async def test_of_many_changes_at_once_one_wins(auth: Auth) -> None:
    ann = await auth.newcomer()
    await auth.call("GET", "/me", 200, ann["access_token"])
    assert auth.last is not None
    headers = bearer(ann["access_token"]) | {"If-Match": auth.last.headers["ETag"]}

    async def change(name: str) -> int:
        body = {"first_name": name}
        async with auth.client.patch(f"{API}/me", json=body, headers=headers) as answer:
            return answer.status

    statuses = await asyncio.gather(*(change(f"Ann {number}") for number in range(10)))
    assert sorted(statuses) == [200, *[412] * 9]


async def test_email_of_another_cannot_be_taken(auth: Auth) -> None:
    ann, bob = await auth.newcomer(), await auth.newcomer()
    body = {"email": ann["email"].upper()}
    problem = await auth.call("PATCH", "/me", 409, bob["access_token"], json=body)
    assert problem["code"] == "EMAIL_TAKEN"


async def test_new_password_ends_other_sessions(auth: Auth) -> None:
    ann = await auth.newcomer()
    other = await auth.login(ann["username"])
    body = {"current_password": PASSWORD, "new_password": "nine red bikes at dawn"}
    await auth.call("POST", "/me/password", 204, ann["access_token"], json=body)
    await auth.call("GET", "/me", 200, ann["access_token"])
    problem = await auth.call("GET", "/me", 401, other["access_token"])
    assert problem["code"] == "SESSION_ENDED"
    await auth.refresh(other["refresh_token"], 401)
    await auth.refresh(ann["refresh_token"])
    await auth.login(ann["username"], body["new_password"])


@pytest.mark.parametrize(
    ("current", "new", "status", "code"),
    [
        ("a wrong old password", "nine red bikes at dawn", 401, "WRONG_PASSWORD"),
        (PASSWORD, "too short", 422, "VALIDATION_FAILED"),
    ],
)
async def test_password_stays(auth: Auth, current: str, new: str, status: int, code: str) -> None:
    ann = await auth.newcomer()
    body = {"current_password": current, "new_password": new}
    problem = await auth.call("POST", "/me/password", status, ann["access_token"], json=body)
    assert problem["code"] == code
    await auth.login(ann["username"])
