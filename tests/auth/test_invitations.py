"""Invitations, and who may make an account at all."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.auth.conftest import PASSWORD, PUBLIC_URL

if TYPE_CHECKING:
    from services.auth.settings import Settings
    from shared.db import Pool
    from tests.auth.conftest import Auth, Start

ANN = {"username": "ann", "email": "ann@example.com", "password": PASSWORD}


async def invite(auth: Auth, token: str, **body: Any) -> tuple[dict[str, Any], str]:
    """Make an invitation; what is shown of it, and its token."""
    made = await auth.call("POST", "/invitations", 201, token, json=body)
    assert made["url"].startswith(f"{PUBLIC_URL}/invite/")
    return made, made["url"].rpartition("/")[2]


async def start_with(start: Start, settings: Settings, mode: str) -> Auth:
    return await start(replace(settings, auth=replace(settings.auth, registration=mode)))


@pytest.mark.parametrize("mode", ["invited", "closed"])
async def test_strangers_stay_out(start: Start, settings: Settings, db: Pool, mode: str) -> None:
    auth = await start_with(start, settings, mode)
    problem = await auth.call("POST", "/register", 403, json=ANN)
    assert problem["code"] == "REGISTRATION_CLOSED"
    assert not await db.fetchval("SELECT count(*) FROM auth.users")


async def test_whoever_is_invited_comes_in_once(
    auth: Auth, start: Start, settings: Settings, db: Pool
) -> None:
    boss = await auth.superuser(db)
    made, token = await invite(auth, boss["access_token"])
    assert (made["email"], made["roles"], made["used_at"]) == (None, [], None)
    assert token not in str(await db.fetch("SELECT row_to_json(i)::text FROM auth.invitations i"))
    asking = await start_with(start, settings, "invited")
    user = await asking.call("POST", "/register", 201, json=ANN | {"invitation": token})
    assert user["roles"] == ["member"]
    bob = ANN | {"username": "bob", "email": "bob@example.com", "invitation": token}
    problem = await asking.call("POST", "/register", 404, json=bob)
    assert problem["code"] == "INVITATION_NOT_FOUND"
    (listed,) = (await auth.call("GET", "/invitations", 200, boss["access_token"]))["items"]
    assert listed["used_at"] is not None
    assert "url" not in listed
    await auth.call("DELETE", f"/invitations/{made['id']}", 404, boss["access_token"])


async def test_closed_is_closed_also_with_an_invitation(
    auth: Auth, start: Start, settings: Settings, db: Pool
) -> None:
    boss = await auth.superuser(db)
    _, token = await invite(auth, boss["access_token"])
    closed = await start_with(start, settings, "closed")
    await closed.call("POST", "/register", 403, json=ANN | {"invitation": token})
    body = ANN | {"username": "carol", "email": "carol@example.com"}
    await closed.call("POST", "/users", 201, boss["access_token"], json=body)


async def test_invitation_gives_its_roles(auth: Auth, db: Pool) -> None:
    boss = await auth.superuser(db)
    token = boss["access_token"]
    roles = await auth.call("GET", "/roles", 200, token)
    operator = next(role["id"] for role in roles["items"] if role["name"] == "operator")
    extra = await auth.call("POST", "/roles", 201, token, json={"name": "Editors"})
    made, link = await invite(auth, token, roles=[operator, extra["id"], operator])
    assert made["roles"] == ["Editors", "operator"]
    # A role that is deleted meanwhile is left out.
    await auth.call("DELETE", f"/roles/{extra['id']}", 204, token)
    user = await auth.call("POST", "/register", 201, json=ANN | {"invitation": link})
    assert user["roles"] == ["member", "operator"]
    problem = await auth.call(
        "POST", "/invitations", 422, token, json={"roles": [str(uuid.uuid4())]}
    )
    assert list(problem["errors"]) == ["roles"]


async def test_giving_roles_by_invitation_needs_the_right_to_give_them(
    auth: Auth, db: Pool
) -> None:
    boss, admin = await auth.superuser(db), await auth.worker(db, "users.change")
    roles = await auth.call("GET", "/roles", 200, boss["access_token"])
    body = {"roles": [roles["items"][0]["id"]]}
    problem = await auth.call("POST", "/invitations", 403, admin["access_token"], json=body)
    assert problem["code"] == "PERMISSION_DENIED"
    await invite(auth, admin["access_token"])


async def test_invitation_for_an_address_is_for_that_address(auth: Auth, db: Pool) -> None:
    boss = await auth.superuser(db)
    _, token = await invite(auth, boss["access_token"], email="Ann@Пример.рф")
    problem = await auth.call("POST", "/register", 422, json=ANN | {"invitation": token})
    assert list(problem["errors"]) == ["email"]
    assert not await db.fetchval("SELECT count(*) FROM auth.users WHERE username = 'ann'")
    # It was not used up by that.
    body = ANN | {"email": "ann@xn--e1afmkfd.xn--p1ai", "invitation": token}
    await auth.call("POST", "/register", 201, json=body)


async def test_refused_account_leaves_the_invitation(auth: Auth, db: Pool) -> None:
    boss = await auth.superuser(db)
    _, token = await invite(auth, boss["access_token"])
    taken = ANN | {"username": boss["username"], "invitation": token}
    await auth.call("POST", "/register", 409, json=taken)
    await auth.call("POST", "/register", 422, json=ANN | {"password": "x", "invitation": token})
    await auth.call("POST", "/register", 201, json=ANN | {"invitation": token})


async def test_invitations_are_paged(auth: Auth, db: Pool) -> None:
    boss = (await auth.superuser(db))["access_token"]
    made = [(await invite(auth, boss))[0]["id"] for _ in range(5)]
    seen: list[str] = []
    rest = ""
    for wanted in (2, 2, 1):
        page = await auth.call("GET", f"/invitations?limit=2{rest}", 200, boss)
        assert len(page["items"]) == wanted
        seen += [one["id"] for one in page["items"]]
        rest = f"&cursor={page['next']}"
    assert rest == "&cursor=None"
    assert seen == made[::-1]


async def test_invitation_expires_and_is_taken_back(auth: Auth, db: Pool) -> None:
    boss = await auth.superuser(db)
    token = boss["access_token"]
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    made, expiring = await invite(auth, token, expires_at=until)
    assert datetime.fromisoformat(made["expires_at"]) == datetime.fromisoformat(until)
    await db.execute("UPDATE auth.invitations SET expires_at = now() - interval '1 second'")
    other, taken_back = await invite(auth, token)
    await auth.call("DELETE", f"/invitations/{other['id']}", 204, token)
    for link in (expiring, taken_back, "x" * 43):
        await auth.call("POST", "/register", 404, json=ANN | {"invitation": link})
    past = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    for moment in (past, "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00"):
        await auth.call("POST", "/invitations", 422, token, json={"expires_at": moment})
    entries = await auth.call("GET", "/audit", 200, token, params={"limit": 3})
    assert [entry["action"] for entry in entries["items"]] == [
        "invitation.deleted",
        "invitation.created",
        "invitation.created",
    ]


async def test_of_many_with_one_invitation_one_comes_in(auth: Auth, db: Pool) -> None:
    boss = await auth.superuser(db)
    _, token = await invite(auth, boss["access_token"])

    async def join(number: int) -> int:
        body = {"username": f"user-{number}", "email": f"{number}@example.com"}
        body |= {"password": PASSWORD, "invitation": token}
        async with auth.client.post("/auth/api/v1/register", json=body) as answer:
            return answer.status

    assert sorted(await asyncio.gather(*map(join, range(5)))) == [201, *[404] * 4]
    assert await db.fetchval("SELECT count(*) FROM auth.users") == 2


async def test_invitations_cannot_be_guessed_for_ever(auth: Auth) -> None:
    for _ in range(21):
        await auth.call("POST", "/register", 404, json=ANN | {"invitation": "x" * 43})
    await auth.call("POST", "/register", 429, json=ANN | {"invitation": "x" * 43})
