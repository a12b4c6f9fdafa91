"""The history of sign-ins: from where, with what, and for how long it is kept."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

import pytest

from services.auth.jobs import run_jobs
from shared.env import GeoSettings
from tests.auth.conftest import PASSWORD, parts_of
from tests.world.months import give_way
from tests.world.places import BOSTON, NOWHERE, TOKYO, write_places

if TYPE_CHECKING:
    from pathlib import Path

    from services.auth.settings import Settings
    from shared.db import Pool
    from tests.auth.conftest import Auth, Start

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PLACE = ("ip", "city", "latitude", "longitude")
IN_BOSTON = (BOSTON, "Boston", 42.36, -71.06)
OLD_LOGIN = """
INSERT INTO auth.logins (user_id, outcome, created_at)
VALUES ($1, 'success', date_trunc('month', now(), 'UTC') - make_interval(months => $2))
"""
MAKE_MONTH = """
SELECT auth.make_login_month(date_trunc('month', now(), 'UTC') + make_interval(months => $1))
"""
PARTITION = """
SELECT tableoid::regclass::text FROM auth.logins WHERE user_id = $1 ORDER BY created_at
"""


def place_of(entry: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(entry[name] for name in PLACE)


@pytest.fixture
def fake(settings: Settings, tmp_path: Path) -> Settings:
    """People are where they say."""
    geo = GeoSettings(use_real_ip=False, files=(write_places(tmp_path / "places.mmdb"),))
    return replace(settings, geo=geo)


async def test_history_says_from_where_and_with_what(start: Start, fake: Settings) -> None:
    auth = await start(fake)
    user = await auth.register()
    here = {"X-Fake-IP": BOSTON, "User-Agent": FIREFOX}
    await auth.login(user["username"], headers=here)
    wrong = {"username": user["username"], "password": f"not {PASSWORD}"}
    await auth.call("POST", "/login", 401, json=wrong, headers={"X-Fake-IP": NOWHERE})
    pair = await auth.login(user["username"])
    newest, bad, first = (await auth.call("GET", "/logins", 200, pair["access_token"]))["items"]
    assert (first["outcome"], first["device"], first["user_agent"]) == (
        "success", "Firefox on Linux", FIREFOX,
    )  # fmt: skip
    assert place_of(first) == IN_BOSTON
    assert (bad["outcome"], bad["session_id"]) == ("wrong_password", None)
    assert place_of(bad) == (NOWHERE, None, None, None)
    assert place_of(newest) == ("127.0.0.1", None, None, None)
    assert newest["session_id"] == parts_of(pair["access_token"])[1]["sid"]


async def test_session_is_where_it_was_last_seen(start: Start, fake: Settings) -> None:
    auth = await start(fake)
    user = await auth.register()
    pair = await auth.login(user["username"], headers={"X-Fake-IP": BOSTON})
    (session,) = (await auth.call("GET", "/sessions", 200, pair["access_token"]))["items"]
    assert place_of(session) == IN_BOSTON
    body = {"refresh_token": pair["refresh_token"]}
    moved = {"X-Fake-IP": TOKYO, "User-Agent": FIREFOX}
    await auth.call("POST", "/refresh", 200, json=body, headers=moved)
    (session,) = (await auth.call("GET", "/sessions", 200, pair["access_token"]))["items"]
    assert place_of(session) == (TOKYO, "Tokyo", 35.68, 139.69)
    assert session["device"] == "Firefox on Linux"


async def test_setting_gives_everybody_an_address(start: Start, fake: Settings) -> None:
    auth = await start(replace(fake, geo=replace(fake.geo, fake_ip=ip_address(TOKYO))))
    ann = await auth.newcomer()
    (login,) = (await auth.call("GET", "/logins", 200, ann["access_token"]))["items"]
    assert login["city"] == "Tokyo"


async def test_real_mode_believes_proxies_and_nobody_else(start: Start, fake: Settings) -> None:
    real = replace(
        fake,
        geo=replace(fake.geo, use_real_ip=True),
        http=replace(fake.http, trusted_proxies=(ip_network("127.0.0.0/8"),)),
    )
    auth = await start(real)
    user = await auth.register()
    headers = {"X-Fake-IP": TOKYO, "X-Forwarded-For": f"{TOKYO}, {BOSTON}"}
    pair = await auth.login(user["username"], headers=headers)
    (login,) = (await auth.call("GET", "/logins", 200, pair["access_token"]))["items"]
    assert place_of(login) == IN_BOSTON


@pytest.mark.parametrize("address", ["here", "1.2.3", "::1%eth0", "203.0.113.1 or so"])
async def test_no_address_is_refused(start: Start, fake: Settings, address: str) -> None:
    auth = await start(fake)
    user = await auth.register()
    body = {"username": user["username"], "password": PASSWORD}
    problem = await auth.call("POST", "/login", 400, json=body, headers={"X-Fake-IP": address})
    assert problem["code"] == "MALFORMED_REQUEST"


async def test_history_has_pages(auth: Auth) -> None:
    ann = await auth.newcomer()
    for _ in range(4):
        await auth.login(ann["username"])
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    for wanted in (2, 2, 1):
        page = await auth.call("GET", "/logins", 200, ann["access_token"], params=query)
        assert len(page["items"]) == wanted
        seen += [login["created_at"] for login in page["items"]]
        query["cursor"] = page["next"]
    assert query["cursor"] is None
    assert seen == sorted(set(seen), reverse=True)


async def test_administrators_see_the_history_of_anybody(auth: Auth, db: Pool) -> None:
    ann, bob = await auth.newcomer(), await auth.newcomer()
    path = f"/users/{ann['id']}/logins"
    assert (await auth.call("GET", path, 403, bob["access_token"]))["code"] == "PERMISSION_DENIED"
    await auth.call("GET", path, 401)
    await db.execute("UPDATE auth.users SET is_superuser = true WHERE id = $1", bob["id"])
    boss = await auth.login(bob["username"])
    mine = await auth.call("GET", "/logins", 200, ann["access_token"])
    assert await auth.call("GET", path, 200, boss["access_token"]) == mine
    nobody = f"/users/{uuid.uuid4()}/logins"
    problem = await auth.call("GET", nobody, 404, boss["access_token"])
    assert problem["code"] == "USER_NOT_FOUND"


async def until_months_are_made(db: Pool) -> None:
    """The service does it at every start, although it owns no table."""
    found = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'auth.logins'::regclass"
    async with asyncio.timeout(20):
        while await db.fetchval(found) != 4:  # this month, two ahead, and the rest
            await asyncio.sleep(0.02)


async def test_old_months_are_dropped(auth: Auth, db: Pool) -> None:
    await until_months_are_made(db)
    ann = await auth.newcomer()
    await db.execute(
        "SELECT auth.make_login_month(date_trunc('month', now(), 'UTC') - interval '13 months')"
    )
    for months in (3, 12, 13, 40):
        await db.execute(OLD_LOGIN, ann["id"], months)
    kept = [row[0] for row in await db.fetch(PARTITION, ann["id"])]
    assert len(kept) == 5
    assert (kept[0], kept[2], kept[3]) == ("auth.logins_other",) * 3
    await run_jobs(db, auth.settings.auth)
    assert [row[0] for row in await db.fetch(PARTITION, ann["id"])] == kept[2:]
    await run_jobs(db, replace(auth.settings.auth, login_history_months=0))
    assert [row[0] for row in await db.fetch(PARTITION, ann["id"])] == kept[2:]


async def test_month_that_was_late_takes_over_its_rows(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    await db.execute(OLD_LOGIN, ann["id"], -7)
    await db.execute(MAKE_MONTH, 7)
    names = [row[0] for row in await db.fetch(PARTITION, ann["id"])]
    assert len(names) == 2
    assert all(name.startswith("auth.logins_20") for name in names)


@pytest.mark.usefixtures("auth")
async def test_the_service_may_keep_its_months(db: Pool) -> None:
    await until_months_are_made(db)


@pytest.mark.usefixtures("auth")
async def test_months_give_way_to_people(db: Pool) -> None:
    await until_months_are_made(db)
    await db.execute(MAKE_MONTH, -13)
    await give_way(db, "auth.logins", "auth.keep_login_months", 4)
