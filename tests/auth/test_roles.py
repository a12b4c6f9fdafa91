"""Roles and permissions: made, changed, given, taken away; and noticed at once."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from shared.migrate import SQL_FOLDER

if TYPE_CHECKING:
    from shared.db import Pool
    from tests.auth.conftest import Auth


OF_A_ROLE = """
SELECT name FROM auth.permissions
JOIN auth.role_permissions ON role_permissions.permission_id = permissions.id WHERE role_id = $1
"""


async def named(auth: Auth, token: str, path: str, name: str) -> dict[str, Any]:
    """Find a role or permission by name."""
    listed = await auth.call("GET", path, 200, token, params={"limit": "200"})
    found: dict[str, Any] = next(item for item in listed["items"] if item["name"] == name)
    return found


async def make_role(auth: Auth, token: str, *permissions: str) -> str:
    body = {"name": f"role-{uuid.uuid4().hex[:8]}"}
    role = await auth.call("POST", "/roles", 201, token, json=body)
    for name in permissions:
        permission = await named(auth, token, "/permissions", name)
        path = f"/roles/{role['id']}/permissions/{permission['id']}"
        await auth.call("PUT", path, 204, token)
    return str(role["id"])


async def test_every_permission_that_was_agreed_is_there(auth: Auth, db: Pool) -> None:
    boss = await auth.superuser(db)
    listed = await auth.call("GET", "/permissions", 200, boss["access_token"], params={"limit": 99})
    names = {item["name"] for item in listed["items"]}
    assert names == {
        "files.view",
        "files.upload",
        "files.change",
        "files.delete",
        "files.download",
        "files.share",
        "links.view",
        "links.create",
        "links.delete",
        "drops.create",
        "servers.view",
        "servers.create",
        "servers.change",
        "servers.delete",
        "policy.view",
        "policy.change",
        "quotas.change",
        "replication.view",
        "replication.change",
        "actions.view_all",
        "links.admin",
        "films.view",
        "films.change",
        "users.view",
        "users.change",
        "users.grant",
        "roles.view",
        "roles.change",
        "permissions.view",
        "permissions.change",
    }
    assert all(item["is_system"] and item["description"] for item in listed["items"])
    member = await named(auth, boss["access_token"], "/roles", "member")
    assert set(member["permissions"]) == {
        "files.view",
        "files.upload",
        "files.change",
        "files.delete",
        "files.download",
        "files.share",
        "links.view",
        "links.create",
        "links.delete",
        "drops.create",
        "films.view",
    }


async def test_role_is_made_changed_and_deleted(auth: Auth, db: Pool) -> None:
    token = (await auth.superuser(db))["access_token"]
    body = {"name": "Editors", "description": "change what others uploaded"}
    role = await auth.call("POST", "/roles", 201, token, json=body)
    assert role | body == role
    assert (role["permissions"], role["is_system"]) == ([], False)
    path = f"/roles/{role['id']}"
    assert await auth.call("GET", path, 200, token) == role
    problem = await auth.call("POST", "/roles", 409, token, json=body)
    assert problem["code"] == "ROLE_EXISTS"
    changed = await auth.call("PATCH", path, 200, token, json={"name": "Publishers"})
    assert (changed["name"], changed["description"]) == ("Publishers", body["description"])
    await auth.call("DELETE", path, 204, token)
    problem = await auth.call("GET", path, 404, token)
    assert problem["code"] == "ROLE_NOT_FOUND"
    await auth.call("DELETE", path, 404, token)


async def test_stale_role_is_not_overwritten(auth: Auth, db: Pool) -> None:
    token = (await auth.superuser(db))["access_token"]
    role = await auth.call("POST", "/roles", 201, token, json={"name": "Editors"})
    assert auth.last is not None
    path, fresh = f"/roles/{role['id']}", {"If-Match": auth.last.headers["ETag"]}
    await auth.call("PATCH", path, 200, token, json={"description": "x"}, headers=fresh)
    await auth.call("PATCH", path, 412, token, json={"description": "y"}, headers=fresh)
    statuses = []

    async def change(number: int) -> None:
        headers = {"If-Match": auth.last.headers["ETag"]} if auth.last else {}
        url = f"/auth/api/v1{path}"
        headers |= {"Authorization": f"Bearer {token}"}
        body = {"description": f"{number}"}
        async with auth.client.patch(url, json=body, headers=headers) as answer:
            statuses.append(answer.status)

    await auth.call("GET", path, 200, token)
    await asyncio.gather(*(change(number) for number in range(6)))
    assert sorted(statuses) == [200, *[412] * 5]


async def test_roles_are_paged(auth: Auth, db: Pool) -> None:
    token = (await auth.superuser(db))["access_token"]
    for number in range(5):
        await auth.call("POST", "/roles", 201, token, json={"name": f"x{number}"})
    seen: list[str] = []
    query = {"limit": "2"}
    while True:
        page = await auth.call("GET", "/roles", 200, token, params=query)
        seen += [item["name"] for item in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert seen == ["member", "operator", "x0", "x1", "x2", "x3", "x4"]


@pytest.mark.parametrize("name", ["member", "operator"])
async def test_roles_of_the_system_are_protected(auth: Auth, db: Pool, name: str) -> None:
    token = (await auth.superuser(db))["access_token"]
    role = await named(auth, token, "/roles", name)
    path = f"/roles/{role['id']}"
    for problem in (
        await auth.call("DELETE", path, 409, token),
        await auth.call("PATCH", path, 409, token, json={"name": "other"}),
    ):
        assert problem["code"] == "ROLE_PROTECTED"
    await auth.call("PATCH", path, 200, token, json={"name": name, "description": "people"})


async def test_permission_is_made_changed_and_deleted(auth: Auth, db: Pool) -> None:
    token = (await auth.superuser(db))["access_token"]
    body = {"name": "songs.play", "description": "play songs"}
    permission = await auth.call("POST", "/permissions", 201, token, json=body)
    assert permission == {**body, "id": permission["id"], "is_system": False}
    problem = await auth.call("POST", "/permissions", 409, token, json=body)
    assert problem["code"] == "PERMISSION_EXISTS"
    path = f"/permissions/{permission['id']}"
    changed = await auth.call("PATCH", path, 200, token, json={"name": "songs.hear"})
    assert (changed["name"], changed["description"]) == ("songs.hear", "play songs")
    await auth.call("DELETE", path, 204, token)
    assert (await auth.call("DELETE", path, 404, token))["code"] == "PERMISSION_NOT_FOUND"
    for name in ("songs", "Songs.play", "songs.play.", "songs play", "1.x", "a." + "b" * 70):
        await auth.call("POST", "/permissions", 422, token, json={"name": name})


async def test_permissions_that_services_ask_for_are_protected(auth: Auth, db: Pool) -> None:
    token = (await auth.superuser(db))["access_token"]
    permission = await named(auth, token, "/permissions", "files.view")
    path = f"/permissions/{permission['id']}"
    for problem in (
        await auth.call("DELETE", path, 409, token),
        await auth.call("PATCH", path, 409, token, json={"name": "files.see"}),
    ):
        assert problem["code"] == "PERMISSION_PROTECTED"
    await auth.call("PATCH", path, 200, token, json={"description": "look"})


async def may(auth: Auth, person: dict[str, Any], *permissions: str) -> bool:
    """Whether the newest token of a person holds permissions."""
    pair = await auth.refresh(person["refresh_token"])
    person.update(pair)
    body = {"permissions": list(permissions)}
    headers = {"Authorization": f"Bearer {pair['access_token']}"}
    async with auth.client.post("/auth/api/v1/verify", json=body, headers=headers) as answer:
        return answer.status == 200


async def test_what_a_role_may_do_its_people_may_do_at_once(auth: Auth, db: Pool) -> None:
    boss, ann, bob = await auth.superuser(db), await auth.newcomer(), await auth.newcomer()
    token = boss["access_token"]
    role = await make_role(auth, token, "servers.view")
    path = f"/users/{ann['id']}/roles/{role}"
    await auth.call("PUT", path, 204, token)
    # The token of before is out of date, here and now; nobody else's is.
    problem = await auth.call("GET", "/me", 401, ann["access_token"])
    assert problem["code"] == "TOKEN_EXPIRED"
    await auth.call("GET", "/me", 200, bob["access_token"])
    assert await may(auth, ann, "servers.view")
    assert (
        "servers.view" in (await auth.call("GET", "/me", 200, ann["access_token"]))["permissions"]
    )

    drain = await named(auth, token, "/permissions", "servers.change")
    await auth.call("PUT", f"/roles/{role}/permissions/{drain['id']}", 204, token)
    await auth.call("GET", "/me", 401, ann["access_token"])
    assert await may(auth, ann, "servers.change")

    await auth.call("DELETE", f"/roles/{role}/permissions/{drain['id']}", 204, token)
    await auth.call("GET", "/me", 401, ann["access_token"])
    assert not await may(auth, ann, "servers.change")

    await auth.call("DELETE", path, 204, token)
    await auth.call("GET", "/me", 401, ann["access_token"])
    assert not await may(auth, ann, "servers.view")
    await auth.call("GET", "/me", 200, bob["access_token"])
    await auth.call("GET", "/me", 200, token)


async def test_deleted_role_and_permission_are_noticed_at_once(auth: Auth, db: Pool) -> None:
    boss, ann = await auth.superuser(db), await auth.newcomer()
    token = boss["access_token"]
    songs = await auth.call("POST", "/permissions", 201, token, json={"name": "songs.play"})
    role = await make_role(auth, token, "songs.play", "servers.view")
    await auth.call("PUT", f"/users/{ann['id']}/roles/{role}", 204, token)
    assert await may(auth, ann, "songs.play", "servers.view")
    await auth.call("PATCH", f"/permissions/{songs['id']}", 200, token, json={"name": "songs.hear"})
    await auth.call("GET", "/me", 401, ann["access_token"])
    assert await may(auth, ann, "songs.hear")
    await auth.call("DELETE", f"/permissions/{songs['id']}", 204, token)
    await auth.call("GET", "/me", 401, ann["access_token"])
    assert not await may(auth, ann, "songs.hear")
    await auth.call("DELETE", f"/roles/{role}", 204, token)
    await auth.call("GET", "/me", 401, ann["access_token"])
    assert not await may(auth, ann, "servers.view")


async def test_giving_twice_is_giving_once(auth: Auth, db: Pool) -> None:
    boss, ann = await auth.superuser(db), await auth.newcomer()
    token = boss["access_token"]
    role = await make_role(auth, token, "servers.view")
    path = f"/users/{ann['id']}/roles/{role}"
    await auth.call("PUT", path, 204, token)
    ann |= await auth.refresh(ann["refresh_token"])
    await auth.call("PUT", path, 204, token)
    await auth.call("GET", "/me", 200, ann["access_token"])
    await auth.call("DELETE", path, 204, token)
    assert (await auth.call("DELETE", path, 404, token))["code"] == "ROLE_NOT_FOUND"
    nobody, nothing = uuid.uuid4(), uuid.uuid4()
    problem = await auth.call("PUT", f"/users/{nobody}/roles/{role}", 404, token)
    assert problem["code"] == "USER_NOT_FOUND"
    problem = await auth.call("PUT", f"/users/{ann['id']}/roles/{nothing}", 404, token)
    assert problem["code"] == "ROLE_NOT_FOUND"
    problem = await auth.call("PUT", f"/roles/{role}/permissions/{nothing}", 404, token)
    assert problem["code"] == "PERMISSION_NOT_FOUND"


async def test_only_a_superuser_gives_a_superuser_roles_or_takes_them(auth: Auth, db: Pool) -> None:
    boss, other = await auth.superuser(db), await auth.superuser(db)
    admin = await auth.worker(db, "users.grant")
    role = await make_role(auth, boss["access_token"])
    path = f"/users/{boss['id']}/roles"
    member = (await named(auth, boss["access_token"], "/roles", "member"))["id"]
    for method, one in (("PUT", role), ("DELETE", member)):
        problem = await auth.call(method, f"{path}/{one}", 403, admin["access_token"])
        assert problem["code"] == "PERMISSION_DENIED"
    # The tokens of who was not touched are as good as before.
    me = await auth.call("GET", "/me", 200, boss["access_token"])
    assert me["roles"] == ["member"]
    await auth.call("PUT", f"{path}/{role}", 204, other["access_token"])


async def test_changes_at_once_neither_hang_nor_fail(auth: Auth, db: Pool) -> None:
    boss = await auth.superuser(db)
    token = boss["access_token"]
    people = [await auth.register() for _ in range(3)]
    roles = [await make_role(auth, token) for _ in range(2)]
    permission = await named(auth, token, "/permissions", "servers.view")
    calls = [("PUT", f"/users/{one['id']}/roles/{role}") for one in people for role in roles]
    calls += [("PUT", f"/roles/{role}/permissions/{permission['id']}") for role in roles]

    async def call(method: str, path: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        async with auth.client.request(method, f"/auth/api/v1{path}", headers=headers) as answer:
            return answer.status

    assert set(await asyncio.gather(*(call(*one) for one in calls * 2))) == {204}
    deletions = [call("DELETE", f"/roles/{role}") for role in roles]
    grants = [call("PUT", path) for _, path in calls]
    statuses = await asyncio.gather(*deletions, *grants)
    assert statuses[:2] == [204, 204]
    assert set(statuses[2:]) <= {204, 404}


async def test_update_gives_no_permission_back_that_was_taken(auth: Auth, db: Pool) -> None:
    admin = await auth.superuser(db)
    member = await named(auth, admin["access_token"], "/roles", "member")
    taken = await db.fetchval("SELECT id FROM auth.permissions WHERE name = 'files.share'")
    path = f"/roles/{member['id']}/permissions/{taken}"
    await auth.call("DELETE", path, 204, admin["access_token"])
    lost = await db.fetchval("DELETE FROM auth.permissions WHERE name = 'links.view' RETURNING id")
    assert lost is not None
    await db.execute((SQL_FOLDER / "seed.sql").read_text(encoding="utf-8"))
    names = {row["name"] for row in await db.fetch(OF_A_ROLE, member["id"])}
    assert "files.share" not in names
    # What is new to the database comes to those who are to have it.
    assert {"files.view", "links.view"} <= names
