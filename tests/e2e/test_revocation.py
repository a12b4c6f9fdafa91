"""What is taken away is refused by storage too, whatever took it away: how soon, as a figure."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass, replace
from functools import partial
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from tests.world.people import visitors_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.conftest import Tell
    from tests.world.people import Visitor
    from tests.world.stack import Stack

TIMES = int(os.environ.get("MERIDIAN_REVOCATIONS", "10"))
PASSWORDS = ["seven green boats at noon", "nine red bikes at dawn"]
# A second is promised. This is for a machine that does a lot besides; the figure is printed.
MOST_SECONDS = 5.0
# The processes of storage take turns: after so many refusals in a row all of them have heard.
IN_A_ROW = 6
ADDRESS = "198.18.7.7"


@dataclass(slots=True)
class Owner:
    """Somebody with devices, and an administrator."""

    here: Visitor
    admin: Visitor
    user: dict[str, Any]
    role_id: str
    passwords: list[str]

    async def as_admin(self, method: str, path: str, status: int = 204, **options: Any) -> None:
        """Have an administrator do something about this person."""
        await self.admin.auth(method, f"/users/{self.user['id']}{path}", status, **options)


async def another_device(owner: Owner) -> Visitor:
    device = replace(owner.here, tokens={})
    await device.log_in(owner.user["username"], owner.passwords[0])
    return device


async def a_program(owner: Owner) -> Visitor:
    body = {"name": "a program", "scopes": ["files.view"]}
    made = await owner.here.auth("POST", "/me/tokens", 201, json=body)
    return replace(owner.here, tokens={"access_token": made["token"], "id": made["id"]})


async def log_out(_: Owner, device: Visitor) -> None:
    await device.auth("POST", "/logout", 204)


async def end_session(owner: Owner, device: Visitor) -> None:
    listed = await device.auth("GET", "/sessions")
    current = next(session["id"] for session in listed["items"] if session["is_current"])
    await owner.here.auth("DELETE", f"/sessions/{current}", 204)


async def change_password(owner: Owner, _: Visitor) -> None:
    old, new = owner.passwords
    body = {"current_password": old, "new_password": new}
    await owner.here.auth("POST", "/me/password", 204, json=body)
    owner.passwords.reverse()


async def end_program(owner: Owner, program: Visitor) -> None:
    await owner.here.auth("DELETE", f"/me/tokens/{program.tokens['id']}", 204)


async def sign_out(owner: Owner, _: Visitor) -> None:
    await owner.as_admin("POST", "/logout")


async def switch(is_on: bool, owner: Owner, *_: Visitor) -> None:
    await owner.as_admin("PATCH", "", 200, json={"is_active": is_on})


async def change_role(method: str, owner: Owner, *_: Visitor) -> None:
    await owner.as_admin(method, f"/roles/{owner.role_id}")


@dataclass(frozen=True, slots=True)
class Way:
    """What is taken away, and what makes it possible once more."""

    take: Callable[[Owner, Visitor], Awaitable[None]]
    give_back: Callable[[Owner], Awaitable[None]] | None = None
    open: Callable[[Owner], Awaitable[Visitor]] = another_device


WAYS = {
    "logout": Way(log_out),
    "ended session": Way(end_session),
    "changed password": Way(change_password),
    "ended API token": Way(end_program, open=a_program),
    "signed out by an administrator": Way(sign_out),
    "switched off": Way(partial(switch, False), partial(switch, True)),
    "role taken away": Way(partial(change_role, "DELETE"), partial(change_role, "PUT")),
}


@pytest.mark.timeout(120 + 10 * TIMES)
@pytest.mark.parametrize("what", WAYS)
async def test_storage_refuses_at_once(stack: Stack, tell: Tell, what: str) -> None:
    way, took = WAYS[what], []
    async with visitors_of(stack.info, (ADDRESS,)) as people:
        owner = await newcomer(stack, people[ADDRESS], people["nobody"])
        for _ in range(TIMES):
            holder = await way.open(owner)
            assert await status_in_storage(holder) == 200
            await way.take(owner, holder)
            took.append(await seconds_until_refused(holder))
            if way.give_back:
                await way.give_back(owner)
    tell(
        what=f"{what}, until storage refuses",
        times=TIMES,
        median_ms=round(1000 * median(took), 1),
        p99_ms=round(1000 * quantiles(took, n=100, method="inclusive")[-1], 1),
    )
    assert max(took) < MOST_SECONDS


async def newcomer(stack: Stack, here: Visitor, admin: Visitor) -> Owner:
    """Somebody registers and signs in."""
    superuser = next(one for one in stack.info["accounts"] if one["is_superuser"])
    await admin.log_in(superuser["username"], superuser["password"])
    name = f"leaver-{uuid4().hex[:12]}"
    account = {"username": name, "email": f"{name}@example.com", "password": PASSWORDS[0]}
    user = await here.auth("POST", "/register", 201, json=account)
    await here.log_in(name, PASSWORDS[0])
    roles = (await admin.auth("GET", "/roles"))["items"]
    role_id = next(role["id"] for role in roles if role["name"] == user["roles"][0])
    return Owner(here, admin, user, role_id, list(PASSWORDS))


async def status_in_storage(holder: Visitor) -> int:
    """What storage answers to an access token or API token."""
    headers = {"Authorization": f"Bearer {holder.tokens['access_token']}"}
    url = f"{holder.info['services']['storage']}/files?limit=1"
    async with holder.session.get(url, headers=headers) as answer:
        return answer.status


async def seconds_until_refused(holder: Visitor) -> float:
    """How long some process of storage still says yes."""
    began = last = time.perf_counter()
    refusals = 0
    async with asyncio.timeout(60):
        while refusals < IN_A_ROW:
            status = await status_in_storage(holder)
            refusals = refusals + 1 if status == 401 else 0
            if refusals == 1:
                last = time.perf_counter()
    return last - began
