"""People as administrators see them: list, search, make, change, switch off, reset."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from services.auth.attempts.lanes import ADDRESS
from services.auth.people.standing import COUNT_OTHER_SUPERUSERS, LOCK_USER
from tests.auth.conftest import PASSWORD, PUBLIC_URL, bearer
from tests.auth.reader import until_waiting
from tests.storage.plans import explain, nodes

if TYPE_CHECKING:
    from shared.db import Pool
    from tests.auth.conftest import Auth

NEW_PASSWORD = "nine red bikes at dawn"
NEW_ADDRESS = {"email": "another@example.com"}
LINKS = "SELECT count(*) FROM auth.resets WHERE user_id = $1"
ADMIN = ("users.view", "users.change")
INSERT_PEOPLE = """
INSERT INTO auth.users (username, username_key, email, email_key)
SELECT name, name, name || '@', name || '@'
FROM (SELECT 'one of many ' || generate_series(1, 5000) AS name) AS named
"""


async def found(auth: Auth, token: str, **query: Any) -> set[str]:
    page = await auth.call("GET", "/users", 200, token, params={"limit": 200, **query})
    return {item["username"] for item in page["items"]}


async def test_users_are_found(auth: Auth, db: Pool) -> None:
    admin = await auth.worker(db, *ADMIN)
    token, own = admin["access_token"], admin["username"]
    ann = await auth.register("ann.lee", first_name="Анна", last_name="Ли")
    bob = await auth.register("bob", email="robert@пример.рф", first_name="Bob", last_name="Strauß")
    await db.execute("UPDATE auth.users SET is_active = false WHERE id = $1", bob["id"])
    assert await found(auth, token) == {own, "ann.lee", "bob"}
    for text in ("ANN.", "анна ли", "Анна", "ann.lee@example"):
        assert await found(auth, token, q=text) == {"ann.lee"}
    for text in ("ROBERT@", "robert@пример.рф", "robert@xn--e1afmkfd", "Strauß", "bob strau"):
        assert await found(auth, token, q=text) == {"bob"}
    assert await found(auth, token, q="100%_") == set()
    assert await found(auth, token, is_active="false") == {"bob"}
    assert await found(auth, token, role="member") == {"ann.lee", "bob"}
    assert await found(auth, token, role="member", is_active="true", q="lee") == {"ann.lee"}
    shown = await auth.call("GET", f"/users/{ann['id']}", 200, token)
    assert (shown["roles"], "files.upload" in shown["permissions"]) == (["member"], True)
    await auth.call("GET", f"/users/{uuid.uuid4()}", 404, token)
    await auth.register("kım")
    for text in ("KIM", "kım"):
        assert "kım" in await found(auth, token, q=text)


async def test_users_are_paged(auth: Auth, db: Pool) -> None:
    admin = await auth.worker(db, *ADMIN)
    for number in range(4):
        await auth.register(f"a-{number}")
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = await auth.call("GET", "/users", 200, admin["access_token"], params=query)
        seen += [item["username"] for item in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert seen == [*(f"a-{number}" for number in range(4)), admin["username"]]


async def test_administrator_makes_an_account(auth: Auth, db: Pool) -> None:
    admin = await auth.worker(db, *ADMIN)
    body = {"username": "carol", "email": "carol@example.com", "password": PASSWORD}
    user = await auth.call("POST", "/users", 201, admin["access_token"], json=body)
    assert (user["roles"], user["is_superuser"]) == (["member"], False)
    await auth.login("carol")
    problem = await auth.call("POST", "/users", 409, admin["access_token"], json=body)
    assert problem["code"] == "USERNAME_TAKEN"
    entries = await auth.call("GET", "/audit", 200, admin["access_token"], params={"limit": 1})
    assert entries["items"][0]["actor_id"] == admin["id"]


async def test_who_is_switched_off_is_out_at_once(auth: Auth, db: Pool) -> None:
    admin, ann = await auth.worker(db, *ADMIN), await auth.newcomer()
    made = {"name": "a program", "scopes": ["files.view"]}
    program = await auth.call("POST", "/me/tokens", 201, ann["access_token"], json=made)
    await auth.call("POST", "/verify", 200, program["token"], json={})
    path = f"/users/{ann['id']}"
    token = admin["access_token"]
    changed = await auth.call("PATCH", path, 200, token, json={"is_active": False})
    assert changed["is_active"] is False
    await auth.call("GET", "/me", 401, ann["access_token"])
    await auth.call("POST", "/verify", 401, program["token"], json={})
    await auth.refresh(ann["refresh_token"], 401)
    body = {"username": ann["username"], "password": PASSWORD}
    await auth.call("POST", "/login", 401, json=body)
    await auth.call("PATCH", path, 200, token, json={"is_active": True})
    await auth.login(ann["username"])
    await asyncio.sleep(1.1)
    await auth.call("POST", "/verify", 200, program["token"], json={})


async def test_change_is_refused_when_it_is_stale_or_taken(auth: Auth, db: Pool) -> None:
    admin, ann, bob = await auth.worker(db, *ADMIN), await auth.register(), await auth.register()
    token, path = admin["access_token"], f"/users/{ann['id']}"
    await auth.call("GET", path, 200, token)
    assert auth.last is not None
    fresh = {"If-Match": auth.last.headers["ETag"]}
    await auth.call("PATCH", path, 200, token, json={"first_name": "Ann"}, headers=fresh)
    await auth.call("PATCH", path, 412, token, json={"first_name": "X"}, headers=fresh)
    problem = await auth.call("PATCH", path, 409, token, json={"email": bob["email"].upper()})
    assert problem["code"] == "EMAIL_TAKEN"
    await auth.call("PATCH", path, 422, token, json={"is_superuser": True})


async def test_sessions_of_a_user_are_ended(auth: Auth, db: Pool) -> None:
    admin, ann = await auth.worker(db, *ADMIN), await auth.newcomer()
    await auth.call("POST", f"/users/{ann['id']}/logout", 204, admin["access_token"])
    await auth.call("GET", "/me", 401, ann["access_token"])
    await auth.refresh(ann["refresh_token"], 401)
    await auth.login(ann["username"])
    await auth.call("POST", f"/users/{uuid.uuid4()}/logout", 404, admin["access_token"])


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", {"first_name": "X"}),
        ("PATCH", "", {"is_active": False}),
        ("PATCH", "", {"email": "mine@example.com"}),
        ("POST", "/logout", None),
        ("POST", "/reset", None),
    ],
)
async def test_only_a_superuser_touches_a_superuser(
    auth: Auth, db: Pool, method: str, path: str, body: dict[str, Any] | None
) -> None:
    admin, boss, other = (
        await auth.worker(db, *ADMIN),
        await auth.superuser(db),
        await auth.superuser(db),
    )
    path = f"/users/{boss['id']}{path}"
    options = {} if body is None else {"json": body}
    problem = await auth.call(method, path, 403, admin["access_token"], **options)
    assert problem["code"] == "PERMISSION_DENIED"
    await auth.call("GET", "/me", 200, boss["access_token"])
    status = 204 if path.endswith("/logout") else 200
    await auth.call(method, path, status, other["access_token"], **options)


async def test_last_superuser_stays(auth: Auth, db: Pool) -> None:
    boss = await auth.superuser(db)
    body, path = {"is_active": False}, f"/users/{boss['id']}"
    problem = await auth.call("PATCH", path, 409, boss["access_token"], json=body)
    assert problem["code"] == "LAST_SUPERUSER"
    await auth.call("GET", "/me", 200, boss["access_token"])


async def test_of_superusers_who_switch_each_other_off_one_stays(auth: Auth, db: Pool) -> None:
    bosses = [await auth.superuser(db) for _ in range(3)]

    async def switch_off(actor: dict[str, Any], target: dict[str, Any]) -> int:
        url = f"/auth/api/v1/users/{target['id']}"
        headers = bearer(actor["access_token"])
        body = {"is_active": False}
        async with auth.client.patch(url, json=body, headers=headers) as answer:
            return answer.status

    pairs = [(one, other) for one in bosses for other in bosses]
    statuses = await asyncio.gather(*(switch_off(*pair) for pair in pairs))
    assert set(statuses) <= {200, 401, 409}
    left = await db.fetchval("SELECT count(*) FROM auth.users WHERE is_superuser AND is_active")
    assert left >= 1


@pytest.mark.parametrize("statement", [LOCK_USER, COUNT_OTHER_SUPERUSERS], ids=["hold", "count"])
async def test_a_change_of_one_does_not_look_at_all(auth: Auth, db: Pool, statement: str) -> None:
    boss = await auth.superuser(db)
    await db.execute(f"{INSERT_PEOPLE}; ANALYZE auth.users")
    async with db.acquire() as connection:
        plan = await explain(connection, statement, boss["id"])
    assert "Seq Scan" not in {node["Node Type"] for node in nodes(plan)}, plan


async def make_link(auth: Auth, token: str, user: dict[str, Any]) -> str:
    link = await auth.call("POST", f"/users/{user['id']}/reset", 200, token)
    assert link["url"].startswith(f"{PUBLIC_URL}/reset/")
    return str(link["url"].rpartition("/")[2])


async def test_link_gives_a_new_password_once(auth: Auth, db: Pool) -> None:
    admin, ann = await auth.worker(db, *ADMIN), await auth.newcomer()
    token = await make_link(auth, admin["access_token"], ann)
    assert len(token) == 43
    stored = await db.fetch("SELECT row_to_json(r)::text AS row FROM auth.resets AS r")
    assert token not in str(stored)
    weak = await auth.call(
        "POST", "/password/reset", 422, json={"token": token, "new_password": "short"}
    )
    assert list(weak["errors"]) == ["new_password"]
    body = {"token": token, "new_password": NEW_PASSWORD}
    await auth.call("POST", "/password/reset", 204, json=body)
    await auth.call("GET", "/me", 401, ann["access_token"])
    await auth.login(ann["username"], NEW_PASSWORD)
    login = {"username": ann["username"], "password": PASSWORD}
    await auth.call("POST", "/login", 401, json=login)
    problem = await auth.call("POST", "/password/reset", 404, json=body)
    assert problem["code"] == "RESET_NOT_FOUND"


async def test_link_is_good_for_one_person_and_for_a_day(auth: Auth, db: Pool) -> None:
    admin, ann = await auth.worker(db, *ADMIN), await auth.newcomer()
    first = await make_link(auth, admin["access_token"], ann)
    second = await make_link(auth, admin["access_token"], ann)
    for token in (first, "x", "x" * 43):
        body = {"token": token, "new_password": NEW_PASSWORD}
        await auth.call("POST", "/password/reset", 404, json=body)
    await db.execute("UPDATE auth.resets SET expires_at = now() - interval '1 second'")
    body = {"token": second, "new_password": NEW_PASSWORD}
    await auth.call("POST", "/password/reset", 404, json=body)
    await auth.login(ann["username"])


async def test_link_of_who_is_switched_off_does_not_work(auth: Auth, db: Pool) -> None:
    admin, ann = await auth.worker(db, *ADMIN), await auth.newcomer()
    token = await make_link(auth, admin["access_token"], ann)
    path = f"/users/{ann['id']}"
    await auth.call("PATCH", path, 200, admin["access_token"], json={"is_active": False})
    body = {"token": token, "new_password": NEW_PASSWORD}
    await auth.call("POST", "/password/reset", 404, json=body)
    await auth.call("POST", f"{path}/reset", 404, admin["access_token"])


async def test_links_cannot_be_guessed_for_ever(auth: Auth) -> None:
    body = {"token": "x" * 43, "new_password": NEW_PASSWORD}
    for _ in range(21):
        await auth.call("POST", "/password/reset", 404, json=body)
    problem = await auth.call("POST", "/password/reset", 429, json=body)
    assert problem["code"] == "TOO_MANY_ATTEMPTS"
    assert problem["retry_after_seconds"] > 1


async def test_who_shares_the_address_locks_no_known_device_out(auth: Auth, db: Pool) -> None:
    boss, ann = await auth.superuser(db), await auth.newcomer()
    assert auth.last is not None
    own = {"Cookie": f"meridian_device={auth.last.cookies['meridian_device'].value}"}
    link = await make_link(auth, boss["access_token"], ann)
    body = {"token": "x" * 43, "new_password": NEW_PASSWORD}
    for _ in range(ADDRESS.free + 1):
        await auth.call("POST", "/password/reset", 404, json=body)
    await auth.call("POST", "/password/reset", 429, json=body | {"token": link})
    await auth.call("POST", "/password/reset", 204, json=body | {"token": link}, headers=own)


async def test_of_many_who_use_a_link_at_once_one_succeeds(auth: Auth, db: Pool) -> None:
    admin, ann = await auth.worker(db, *ADMIN), await auth.newcomer()
    token = await make_link(auth, admin["access_token"], ann)

    async def use(number: int) -> int:
        body = {"token": token, "new_password": f"{NEW_PASSWORD} {number}"}
        async with auth.client.post("/auth/api/v1/password/reset", json=body) as answer:
            return answer.status

    assert sorted(await asyncio.gather(*map(use, range(5)))) == [204, *[404] * 4]


@pytest.mark.parametrize("change", ["password", "address", "address by an administrator"])
async def test_link_ends_with_another_password_or_address(
    auth: Auth, db: Pool, change: str
) -> None:
    admin, ann = await auth.worker(db, *ADMIN), await auth.newcomer()
    path, mine, theirs = f"/users/{ann['id']}", ann["access_token"], admin["access_token"]
    token = await make_link(auth, theirs, ann)
    names = {"first_name": "Ann", "email": ann["email"]}
    await auth.call("PATCH", "/me", 200, mine, json=names)
    await auth.call("PATCH", path, 200, theirs, json=names)
    assert await db.fetchval(LINKS, ann["id"]) == 1
    if change == "password":
        passwords = {"current_password": PASSWORD, "new_password": f"{NEW_PASSWORD} too"}
        await auth.call("POST", "/me/password", 204, mine, json=passwords)
    elif change == "address":
        await auth.call("PATCH", "/me", 200, mine, json=NEW_ADDRESS)
    else:
        await auth.call("PATCH", path, 200, theirs, json=NEW_ADDRESS)
    body = {"token": token, "new_password": NEW_PASSWORD}
    problem = await auth.call("POST", "/password/reset", 404, json=body)
    assert problem["code"] == "RESET_NOT_FOUND"


async def test_link_that_ends_while_it_is_used_gives_no_password(auth: Auth, db: Pool) -> None:
    admin, ann = await auth.worker(db, *ADMIN), await auth.newcomer()
    token = await make_link(auth, admin["access_token"], ann)
    body = {"token": token, "new_password": NEW_PASSWORD}
    async with db.acquire() as connection, connection.transaction():
        await connection.execute("SELECT FROM auth.users WHERE id = $1 FOR UPDATE", ann["id"])
        using = asyncio.create_task(auth.call("POST", "/password/reset", 404, json=body))
        await until_waiting(db)
        # Whoever uses a link holds nothing yet that the change needs.
        await connection.execute("DELETE FROM auth.resets WHERE user_id = $1", ann["id"])
    assert (await using)["code"] == "RESET_NOT_FOUND"
    await auth.login(ann["username"])
