"""Clients tell how a server answered, and are sent elsewhere while it is slow for them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from services.storage.keys import FLEET
from services.storage.servers.measures import Report
from services.storage.servers.traffic import Traffic
from shared.addresses import read_address
from shared.geo import Place
from shared.redis import open_redis
from tests.storage.conftest import make_token
from tests.storage.newcomers import operator
from tests.storage.processes import other
from tests.world.calm import PATIENCE_SECONDS
from tests.world.places import BOSTON, JOBURG

if TYPE_CHECKING:
    from services.storage.servers.fleet import Fleet
    from tests.storage.conftest import Person, Storage

__all__ = ["operator", "other"]

LATE = {"server": "new-york", "ttfb_ms": 4000, "bytes": 1000, "ms": 4100, "ok": True}
PLACE = Place(mode="fake", ip=read_address(BOSTON))


async def first(person: Person) -> dict[str, Any]:
    found: dict[str, Any] = (await person.call("GET", "/route"))["items"][0]
    return found


async def upload_city(person: Person, name: str) -> str:
    started = await person.call("POST", "/uploads", 201, json={"name": name, "size": 1})
    return str(started["server"]["name"])


def fleet_of(storage: Storage) -> Fleet:
    fleet: Fleet = storage.client.app[FLEET]
    return fleet


async def test_the_parts_of_a_score_are_shown(storage: Storage) -> None:
    person = storage.person(BOSTON)
    nearest = await first(person)
    assert nearest["server"]["name"] == "new-york"
    assert nearest["measured_ms"] is None
    assert nearest["penalty_ms"] == 0
    assert nearest["score_ms"] == pytest.approx(nearest["distance_km"] * 0.02, abs=0.1)
    await upload_city(person, "a")
    assert (await first(person))["load_bytes"] >= 1


async def test_operators_see_the_load_that_all_processes_gave_out(
    storage: Storage, operator: Person, other: Storage
) -> None:
    body = {"name": "film", "size": 3_000_000}
    name = (await other.person(BOSTON).call("POST", "/uploads", 201, json=body))["server"]["name"]
    async with asyncio.timeout(10):
        while (await storage.state_of(name))["load_bytes"] != 3_000_000:
            await asyncio.sleep(0.05)
    listed = (await operator.call("GET", "/servers"))["items"]
    assert sum(server["load_bytes"] for server in listed) == 3_000_000
    path = f"/servers/{storage.servers[name].id}"
    changed = await operator.call("PATCH", path, json={"is_active": True})
    assert changed["load_bytes"] == 3_000_000
    assert "load_bytes" not in await storage.person().call("GET", path)


async def test_a_slow_near_city_loses_the_traffic_of_that_network_and_gets_it_back(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, neighbour = storage.person(BOSTON), storage.person("203.0.113.200")
    elsewhere = storage.person(JOBURG)
    assert await upload_city(person, "a") == "new-york"
    await person.call("POST", "/route/measured", 204, json=LATE)
    assert await upload_city(person, "b") != "new-york"
    slow = next(
        one
        for one in (await person.call("GET", "/route"))["items"]
        if one["server"]["name"] == "new-york"
    )
    assert slow["measured_ms"] == 4000
    assert slow["penalty_ms"] > 1900
    assert "slower" in slow["reason"]
    shown = (await neighbour.call("GET", f"/route?ip={BOSTON}"))["items"][0]["server"]["name"]
    assert shown != "new-york"
    assert await upload_city(elsewhere, "c") == "cape-town"
    # Nothing is known any more a while later, or when it answers quickly again.
    monkeypatch.setattr("services.storage.servers.measures.HALF_LIFE_SECONDS", 0.05)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await upload_city(person, "d") != "new-york":
            await asyncio.sleep(0.1)


async def test_good_reports_bring_a_city_back(storage: Storage) -> None:
    person = storage.person(BOSTON)
    await person.call("POST", "/route/measured", 204, json={**LATE, "ok": False})
    assert (await first(person))["server"]["name"] != "new-york"
    for _ in range(12):
        await person.call("POST", "/route/measured", 204, json={**LATE, "ttfb_ms": 10, "ms": 12})
    assert (await first(person))["server"]["name"] == "new-york"


async def test_processes_share_what_they_know(storage: Storage) -> None:
    other, redis = Traffic(), open_redis(storage.shared.redis_url)
    fleet = fleet_of(storage)
    new_york = storage.servers["new-york"].id
    other.report(PLACE, new_york, Report(ttfb_ms=5000, ms=5000, bytes=0))
    other.give(new_york, 12_345)
    await other.exchange(redis)
    person = storage.person(BOSTON)
    await first(person)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await first(person))["server"]["name"] == "new-york":
            await asyncio.sleep(0.1)
    assert fleet.traffic.load(new_york) >= 12_345
    third = Traffic()
    third.felt(PLACE)
    await third.exchange(redis)
    assert third.felt(PLACE)[new_york].ttfb_ms == pytest.approx(5000)
    assert third.load(new_york) >= 12_345
    await redis.aclose()


async def test_without_redis_distance_decides(storage: Storage) -> None:
    traffic, redis = Traffic(), open_redis("redis://127.0.0.1:1/0")
    new_york = storage.servers["new-york"].id
    traffic.report(PLACE, new_york, Report(ttfb_ms=5000, ms=5000, bytes=0))
    assert traffic.felt(PLACE)
    with pytest.raises(RedisConnectionError):
        await traffic.exchange(redis)
    following = asyncio.create_task(traffic.follow(redis))
    async with asyncio.timeout(PATIENCE_SECONDS):
        while traffic.felt(PLACE):
            await asyncio.sleep(0.02)
    traffic.report(PLACE, new_york, Report(ttfb_ms=5000, ms=5000, bytes=0))
    assert not traffic.felt(PLACE)
    following.cancel()
    await redis.aclose()


async def test_a_flood_of_reports_is_refused(storage: Storage) -> None:
    person = storage.person(BOSTON)

    async def report() -> int:
        async with storage.client.post(
            "/storage/api/v1/route/measured",
            json=LATE,
            headers={
                "Authorization": f"Bearer {make_token(person.id, person.session_id)}",
                "X-Fake-IP": BOSTON,
            },
        ) as answer:
            if answer.status == 429:
                assert answer.headers["Retry-After"] == "1"
            return answer.status

    assert {204, 429} == {*await asyncio.gather(*(report() for _ in range(200)))}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"ttfb_ms": -1}, "ttfb_ms"),
        ({"ttfb_ms": 5000, "ms": 10}, "ttfb_ms"),
        ({"ms": "soon"}, "ms"),
        ({"ms": float("1e300")}, "ms"),
        ({"bytes": 1.5}, "bytes"),
        ({"bytes": -1}, "bytes"),
        ({"ok": "perhaps"}, "ok"),
        ({"server": ""}, "server"),
    ],
)
async def test_a_bad_report_is_refused(storage: Storage, wrong: dict[str, Any], field: str) -> None:
    person = storage.person(BOSTON)
    refused = await person.call("POST", "/route/measured", 422, json={**LATE, **wrong})
    assert field in refused["errors"]
    await person.call("POST", "/route/measured", 404, json={**LATE, "server": "atlantis"})
    assert (await first(person))["server"]["name"] == "new-york"
