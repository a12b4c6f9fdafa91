"""What an access token can hold: names of permissions, and never more than is believed."""

from __future__ import annotations

import asyncio
import string
import uuid
from typing import TYPE_CHECKING, Any

from shared.tokens.access_tokens import LONGEST_SCOPE, LONGEST_TOKEN
from tests.auth.conftest import PASSWORD, parts_of

if TYPE_CHECKING:
    from shared.db import Pool
    from tests.auth.conftest import Auth

LONGEST_NAME = 64
# Written as twelve letters each in a token.
WIDE = "\N{DESERET SMALL LETTER LONG I}"
FILL = """
WITH made AS (
    INSERT INTO auth.permissions (name, description) SELECT unnest($2::text[]), '' RETURNING id)
INSERT INTO auth.role_permissions (role_id, permission_id) SELECT $1, made.id FROM made
"""


def long_names(count: int, first: str = "a") -> list[str]:
    """Names of permissions, as long as they may be."""
    letters = string.ascii_lowercase
    pairs = [one + other for one in letters for other in letters]
    return [f"{first}.{pair}".ljust(LONGEST_NAME, "x") for pair in pairs[:count]]


async def make(auth: Auth, token: str, name: str) -> str:
    made = await auth.call("POST", "/permissions", 201, token, json={"name": name})
    return str(made["id"])


async def make_role(auth: Auth, db: Pool, token: str, names: list[str]) -> str:
    body = {"name": f"role-{uuid.uuid4().hex[:8]}"}
    role = await auth.call("POST", "/roles", 201, token, json=body)
    await db.execute(FILL, role["id"], names)
    return str(role["id"])


async def member(auth: Auth, token: str) -> str:
    listed = await auth.call("GET", "/roles", 200, token)
    return next(str(role["id"]) for role in listed["items"] if role["name"] == "member")


def assert_too_many(problem: dict[str, Any]) -> None:
    assert (problem["code"], problem["limit"]) == ("TOO_MANY_PERMISSIONS", LONGEST_SCOPE)
    assert problem["length"] > LONGEST_SCOPE


async def test_no_permission_that_is_made_locks_a_superuser_out(auth: Auth, db: Pool) -> None:
    boss = await auth.superuser(db)
    for name in long_names(75):
        await make(auth, boss["access_token"], name)
    boss |= await auth.refresh(boss["refresh_token"])
    token = boss["access_token"]
    me = await auth.call("GET", "/me", 200, token)
    known = await db.fetchval("SELECT array_agg(name ORDER BY name) FROM auth.permissions")
    assert me["permissions"] == known
    (_, claims) = parts_of(token)
    assert (claims["su"], claims["scope"]) == (True, "")
    # Whoever asks is still told all of it.
    answer = await auth.call("POST", "/verify", 200, token, json={})
    assert (answer["is_superuser"], answer["permissions"]) == (True, known)


async def test_role_holds_no_more_than_a_token(auth: Auth, db: Pool) -> None:
    token = (await auth.superuser(db))["access_token"]
    names = long_names(LONGEST_SCOPE // (LONGEST_NAME + 1))
    role = await make_role(auth, db, token, names[1:])
    last = await make(auth, token, "a.b")
    await auth.call("PUT", f"/roles/{role}/permissions/{last}", 204, token)
    # A longer name, too, is more.
    await auth.call("PATCH", f"/permissions/{last}", 200, token, json={"name": names[0]})
    more = await make(auth, token, long_names(1, "b")[0])
    assert_too_many(await auth.call("PUT", f"/roles/{role}/permissions/{more}", 409, token))
    short = await make(auth, token, "c.d")
    await auth.call("PUT", f"/roles/{role}/permissions/{short}", 204, token)
    longer = {"name": long_names(1, "c")[0]}
    assert_too_many(await auth.call("PATCH", f"/permissions/{short}", 409, token, json=longer))
    # Nothing of what was refused has stayed, and less is always possible.
    assert (await auth.call("GET", f"/roles/{role}", 200, token))["permissions"] == sorted(
        [*names, "c.d"]
    )
    await auth.call("DELETE", f"/roles/{role}/permissions/{short}", 204, token)


async def test_roles_of_a_person_together_fit_into_a_token(auth: Auth, db: Pool) -> None:
    token = (await auth.superuser(db))["access_token"]
    name = "ann" + WIDE * (LONGEST_NAME - 3)
    ann = await auth.register(name, email="ann@example.com")
    half = LONGEST_SCOPE // (LONGEST_NAME + 1) // 2
    first = await make_role(auth, db, token, long_names(half - 1))
    second = await make_role(auth, db, token, long_names(half, "b"))
    common = await member(auth, token)
    await auth.call("DELETE", f"/users/{ann['id']}/roles/{common}", 204, token)
    for role in (first, second):
        await auth.call("PUT", f"/users/{ann['id']}/roles/{role}", 204, token)
    pair = await auth.login(name)
    await auth.call("GET", "/me", 200, pair["access_token"])
    assert len(pair["access_token"]) < LONGEST_TOKEN
    third = await make_role(auth, db, token, long_names(2, "c"))
    assert_too_many(await auth.call("PUT", f"/users/{ann['id']}/roles/{third}", 409, token))
    # A role that she has may not become more than she can hold, nor a name in it longer.
    last, more = [await make(auth, token, name) for name in long_names(2, "d")]
    await auth.call("PUT", f"/roles/{first}/permissions/{last}", 204, token)
    assert_too_many(await auth.call("PUT", f"/roles/{first}/permissions/{more}", 409, token))
    pair = await auth.login(name)
    await auth.call("GET", "/me", 200, pair["access_token"])
    # What she had too much of from before can be taken away bit by bit.
    await db.execute(FILL, first, long_names(5, "e"))
    taken = await db.fetchval("SELECT id FROM auth.permissions WHERE name LIKE 'e.aa%'")
    await auth.call("DELETE", f"/roles/{first}/permissions/{taken}", 204, token)


async def test_shared_permission_counts_once(auth: Auth, db: Pool) -> None:
    token = (await auth.superuser(db))["access_token"]
    ann = await auth.register()
    names = long_names(LONGEST_SCOPE // (LONGEST_NAME + 1) - 5)
    first = await make_role(auth, db, token, names)
    second = await make_role(auth, db, token, [])
    await db.execute(
        "INSERT INTO auth.role_permissions (role_id, permission_id)"
        " SELECT $2, permission_id FROM auth.role_permissions WHERE role_id = $1",
        *(first, second),
    )
    for role in (first, second):
        await auth.call("PUT", f"/users/{ann['id']}/roles/{role}", 204, token)


async def test_two_roles_at_once_do_not_pass_the_bound(auth: Auth, db: Pool) -> None:
    token = (await auth.superuser(db))["access_token"]
    ann = await auth.register()
    half = LONGEST_SCOPE // (LONGEST_NAME + 1) // 2 + 1
    roles = [await make_role(auth, db, token, long_names(half, first)) for first in "abcd"]

    async def give(role: str) -> int:
        path = f"/auth/api/v1/users/{ann['id']}/roles/{role}"
        headers = {"Authorization": f"Bearer {token}"}
        async with auth.client.put(path, headers=headers) as answer:
            return answer.status

    statuses = await asyncio.gather(*map(give, roles))
    assert sorted(statuses) == [204, 409, 409, 409]


async def test_invitation_gives_no_more_than_a_token_holds(auth: Auth, db: Pool) -> None:
    token = (await auth.superuser(db))["access_token"]
    half = LONGEST_SCOPE // (LONGEST_NAME + 1) // 2 + 1
    roles = [await make_role(auth, db, token, long_names(half, first)) for first in "ab"]
    assert_too_many(await auth.call("POST", "/invitations", 409, token, json={"roles": roles}))
    made = await auth.call("POST", "/invitations", 201, token, json={"roles": roles[:1]})
    # Roles may grow until somebody comes.
    await db.execute(FILL, roles[0], long_names(half, "c"))
    account = {
        "username": "ann",
        "email": "ann@example.com",
        "password": PASSWORD,
        "invitation": made["url"].rpartition("/")[2],
    }
    assert_too_many(await auth.call("POST", "/register", 409, json=account))
