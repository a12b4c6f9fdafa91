"""What a policy promises of the servers it chooses, whatever servers there are."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.catalog.placement import CHOSEN, HOLDS, choose, missing_zones, should_hold
from shared.catalog.policy import Policy
from shared.catalog.servers import Server
from shared.db import connect

if TYPE_CHECKING:
    from tests.conftest import Database

ZONES = ("africa", "america", "asia", "europe")
INSERT = """
INSERT INTO storage.servers (id, name, endpoint, public_endpoint, bucket, access_key,
    secret_key_encrypted, hook_secret_hash, city, zone, latitude, longitude, is_active, is_draining)
VALUES ($1, $2, 'http://x', 'http://x', 'meridian', 'a', '', '', 'City', $3, $4, $5, $6, $7)
"""
ASK = f"""
WITH version AS (SELECT $1::uuid AS id, $2::uuid AS upload_server_id, $3::jsonb AS rule)
SELECT chosen.id FROM version
CROSS JOIN LATERAL ({CHOSEN.format(version="version", holds=HOLDS)}) AS chosen
"""


def server(number: int, **more: Any) -> Server:
    known = {
        "id": UUID(int=number + 1),
        "name": f"city-{number}",
        "endpoint": "http://x",
        "public_endpoint": "http://x",
        "region": "r",
        "bucket": "meridian",
        "access_key": "a",
        "secret_key_encrypted": b"",
        "hook_secret_hash": b"",
        "city": "City",
        "zone": ZONES[number % len(ZONES)],
        "latitude": 0.0,
        "longitude": float(number),
        "is_on": True,
        "is_active": True,
        "capabilities": {},
        "updated_at": datetime.now(UTC),
    }
    return Server(**{**known, **more})


@st.composite
def fleets(draw: st.DrawFn) -> list[Server]:
    return [
        server(
            number,
            id=draw(st.uuids()),
            zone=draw(st.sampled_from(ZONES)),
            latitude=draw(st.integers(-80, 80)) * 1.0,
            longitude=draw(st.integers(-180, 180)) * 1.0,
            is_active=draw(st.integers(0, 5)) > 0,
            is_draining=draw(st.integers(0, 5)) == 0,
        )
        for number in range(draw(st.integers(1, 9)))
    ]


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    require = draw(st.lists(st.sampled_from(ZONES), max_size=2, unique=True))
    others = [zone for zone in ZONES if zone not in require]
    return Policy(
        copies=draw(st.one_of(st.none(), st.integers(max(1, len(require)), 6))),
        one_per_zone=draw(st.booleans()),
        require=tuple(require),
        forbid=tuple(draw(st.lists(st.sampled_from(others), max_size=2, unique=True))),
        near_owner=draw(st.booleans()),
    )


@given(fleet=fleets(), policy=policies(), version_id=st.uuids())
@settings(max_examples=300, deadline=None)
def test_a_choice_keeps_what_the_policy_says(
    fleet: list[Server], policy: Policy, version_id: UUID
) -> None:
    chosen = choose(policy, version_id, fleet[0], fleet)
    allowed = [one for one in should_hold(fleet) if one.zone not in policy.forbid]
    zones = {one.zone for one in allowed}
    could = len(zones) if policy.one_per_zone else len(allowed)
    assert len(chosen) == len({one.id for one in chosen}) == min(could, policy.copies or could)
    assert all(one in allowed for one in chosen)
    assert zones & {*policy.require} <= {one.zone for one in chosen}
    if policy.one_per_zone:
        assert len({one.zone for one in chosen}) == len(chosen)
    if fleet[0] in allowed and policy.welcomes(fleet[0].zone):
        assert fleet[0] in chosen


@given(fleet=fleets(), policy=policies(), version_id=st.uuids(), new_id=st.uuids())
@settings(max_examples=300, deadline=None)
def test_a_server_that_comes_or_goes_moves_nothing_between_the_others(
    fleet: list[Server], policy: Policy, version_id: UUID, new_id: UUID
) -> None:
    policy = replace(policy, require=())
    new = replace(fleet[-1], id=new_id, name="new", is_active=True, is_draining=False)
    before = {one.id for one in choose(policy, version_id, fleet[0], fleet)}
    after = {one.id for one in choose(policy, version_id, fleet[0], [*fleet, new])}
    assert after - before <= {new_id}
    assert len(before - after) <= 1


def test_a_new_city_gets_its_share_and_no_more() -> None:
    fleet = [server(number) for number in range(5)]
    policy, new = Policy(copies=2), server(7)
    versions = [uuid4() for _ in range(2000)]
    moved = 0
    for version_id in versions:
        before = choose(policy, version_id, fleet[0], fleet)
        moved += new in choose(policy, version_id, fleet[0], [*fleet, new])
        assert fleet[0] in before
    # One copy stays where it arrived; of the others, a fifth go to the new city.
    assert 0.15 < moved / len(versions) < 0.25


def test_the_nearest_are_chosen_where_that_is_wanted() -> None:
    fleet = [server(number) for number in (0, 40, 20, 10)]
    policy = Policy(copies=3, near_owner=True)
    chosen = choose(policy, uuid4(), fleet[0], fleet)
    assert [one.longitude for one in chosen] == [0.0, 10.0, 20.0]


def test_a_policy_is_read_as_it_was_written() -> None:
    policy = Policy(copies=3, one_per_zone=True, require=("asia",), forbid=("europe",))
    assert Policy.read(policy.rule) == policy
    assert Policy.read(Policy().rule) == Policy()


def test_a_zone_is_missing_when_nobody_there_takes_copies() -> None:
    policy = Policy(require=("africa", "america"))
    fleet = [server(0), server(1)]
    assert missing_zones(policy, fleet) == []
    assert missing_zones(policy, [server(0, is_on=False), server(1)]) == ["africa"]
    assert missing_zones(policy, [server(0, is_draining=True)]) == ["africa", "america"]


async def test_python_and_sql_choose_the_same(database: Database) -> None:
    """On one connection, as Hypothesis knows no coroutines."""
    loop, pool = asyncio.get_running_loop(), await connect(database.owner, max_size=1)
    seen: set[int] = set()

    async def ask(fleet: list[Server], policy: Policy, version_id: UUID) -> list[UUID]:
        async with pool.acquire() as db:
            transaction = db.transaction()
            await transaction.start()
            for one in fleet:
                place = (one.zone, one.latitude, one.longitude, one.is_active, one.is_draining)
                await db.execute(INSERT, one.id, one.name, *place)
            rows = await db.fetch(ASK, version_id, fleet[0].id, policy.rule)
            await transaction.rollback()
        return [row["id"] for row in rows]

    @given(fleet=fleets(), policy=policies(), version_id=st.uuids())
    @settings(
        max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    def compare(fleet: list[Server], policy: Policy, version_id: UUID) -> None:
        asking = asyncio.run_coroutine_threadsafe(ask(fleet, policy, version_id), loop)
        chosen = [one.id for one in choose(policy, version_id, fleet[0], fleet)]
        # Only who is chosen counts: where all are, nobody is ranked.
        assert set(asking.result(10)) == set(chosen)
        seen.add(len(chosen))

    await asyncio.to_thread(compare)
    await pool.close()
    assert seen > {0, 1, 2, 3}
