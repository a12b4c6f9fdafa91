"""What networks report of servers: how it adds up, fades, and whom it can mislead."""

from __future__ import annotations

from ipaddress import ip_address
from random import Random
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.storage.servers import nearest
from services.storage.servers.measures import Felt, Measures, Report, network_of
from services.storage.servers.nearest import Condition, draw, rank
from shared.geo import Place
from tests.world.rows import make_server

HERE, THERE = uuid4(), uuid4()
NETWORK = "203.0.113.0/24"
QUICK = Report(ttfb_ms=20, ms=30, bytes=1000)
LATE = Report(ttfb_ms=3000, ms=3100, bytes=1000)
MEBIBYTE = 1024 * 1024


def felt(measures: Measures, now: float, network: str = NETWORK) -> Felt:
    return measures.felt(network, now)[HERE]


def test_newer_reports_count_more_and_old_ones_fade() -> None:
    measures = Measures()
    measures.note(NETWORK, HERE, LATE, 1000)
    assert felt(measures, 1000) == Felt(3000, 0, 1)
    assert felt(measures, 1015).weight == pytest.approx(0.5)
    measures.note(NETWORK, HERE, QUICK, 1000)
    assert felt(measures, 1000).ttfb_ms == pytest.approx(3000 - 0.3 * 2980)
    # After a minute of silence the next report counts nearly alone.
    measures.note(NETWORK, HERE, QUICK, 1060)
    assert felt(measures, 1060).ttfb_ms < 300
    assert measures.felt(NETWORK, 1060 + 601) == {}


def test_a_report_says_nothing_of_other_networks() -> None:
    measures = Measures()
    measures.note(NETWORK, HERE, LATE, 0)
    assert measures.felt("198.51.100.0/24", 0) == {}
    assert measures.felt(None, 0) == {}


def test_a_failure_is_as_bad_as_a_very_late_answer() -> None:
    measures = Measures()
    measures.note(NETWORK, HERE, Report(ttfb_ms=5, ms=5, bytes=0, ok=False), 0)
    assert felt(measures, 0).ttfb_ms == 10_000


def test_a_slow_line_of_the_client_is_no_fault_of_a_server() -> None:
    measures = Measures()
    slow = Report(ttfb_ms=0, ms=4000, bytes=MEBIBYTE)
    measures.note(NETWORK, HERE, slow, 0)
    assert felt(measures, 0).lag_ms == 3000
    measures.note(NETWORK, THERE, slow, 0)
    assert felt(measures, 0).lag_ms == 0
    measures.note(NETWORK, THERE, Report(ttfb_ms=0, ms=100, bytes=MEBIBYTE), 0)
    measures.note(NETWORK, THERE, Report(ttfb_ms=0, ms=100, bytes=1000), 0)
    assert felt(measures, 0).lag_ms == pytest.approx(4000 - (4000 - 0.3 * 3900))


@given(st.lists(st.tuples(st.floats(0, 1e5), st.booleans(), st.floats(0, 100)), min_size=1))
def test_a_mean_stays_between_what_was_reported(reports: list[tuple[float, bool, float]]) -> None:
    measures, now = Measures(), 0.0
    for ms, is_well, later in reports:
        now += later
        measures.note(NETWORK, HERE, Report(ttfb_ms=ms, ms=ms, bytes=0, ok=is_well), now)
    seen = [ms if is_well else max(ms, 10_000) for ms, is_well, _ in reports]
    assert min(seen) - 1e-6 <= felt(measures, now).ttfb_ms <= max(seen) + 1e-6
    assert felt(measures, now).weight == 1


def test_only_so_many_networks_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.storage.servers.measures.MOST_NETWORKS", 3)
    measures = Measures()
    for number in range(5):
        measures.note(f"network {number}", HERE, LATE, 0)
    assert [bool(measures.felt(f"network {number}", 0)) for number in range(5)] == [
        *(False, False),
        *(True, True, True),
    ]


@pytest.mark.parametrize(
    ("place", "network"),
    [
        (Place(mode="real", ip=ip_address("203.0.113.77")), "203.0.113.0/24"),
        (Place(mode="real", ip=ip_address("2001:db8:1:2:3::4")), "2001:db8:1::/48"),
        (Place(mode="drawn", city="New York"), "drawn in New York"),
        (Place(mode="drawn"), None),
    ],
)
def test_who_is_one_network(place: Place, network: str | None) -> None:
    assert network_of(place) == network


BOSTON = Place(mode="real", latitude=42.36, longitude=-71.06)
NEAR = make_server("near", 40.7, -74.0)
FAR = make_server("far", -33.9, 18.4)


def order(felt: Felt | None) -> list[str]:
    ranked = rank(
        BOSTON,
        [FAR, NEAR],
        lambda server: Condition(True, 0, felt=felt if server is NEAR else None),
    )
    return [one.server.name for one in ranked]


def test_a_slow_near_city_comes_later_until_it_is_forgotten() -> None:
    assert order(None) == ["near", "far"]
    assert order(Felt(ttfb_ms=400, lag_ms=0, weight=1)) == ["near", "far"]
    assert order(Felt(ttfb_ms=3000, lag_ms=0, weight=1)) == ["far", "near"]
    assert order(Felt(ttfb_ms=20, lag_ms=3000, weight=1)) == ["far", "near"]
    assert order(Felt(ttfb_ms=3000, lag_ms=0, weight=0.05)) == ["near", "far"]


def test_the_parts_of_a_score_are_said() -> None:
    felt = Felt(ttfb_ms=3000, lag_ms=0, weight=1)
    (first,) = rank(BOSTON, [NEAR], lambda _: Condition(True, 0, felt=felt))
    assert first.score_ms == pytest.approx(first.penalty_ms + (first.distance_km or 0) * 0.02)
    assert first.penalty_ms == nearest.WORST_MS
    assert "was 2000 ms slower" in first.reason


def test_of_two_drawn_the_less_loaded_gets_the_link() -> None:
    """Also where what is known of load is old: no server gets more than a fair share or two."""
    servers = [make_server(f"s{number}", 0, 0) for number in range(10)]
    links = dict.fromkeys((server.name for server in servers), 0)
    known = dict(links)
    for number in range(1000):
        if number % 50 == 0:
            known.update(links)
        ranked = rank(Place(mode="real"), servers, lambda one: Condition(True, known[one.name]))
        links[draw(ranked)[0].server.name] += 1
    assert max(links.values()) < 130
    assert min(links.values()) > 70


def test_a_draw_never_leaves_the_best() -> None:
    shuffled = Random(1)
    servers = [make_server(f"s{number}", 0, 30.0 * (number // 3)) for number in range(9)]
    for _ in range(50):
        shuffled.shuffle(servers)
        place = Place(mode="real", latitude=0, longitude=0)
        ranked = rank(place, servers, lambda _: Condition(True, 0))
        drawn = draw(ranked)
        assert drawn[0].distance_km == 0
        assert sorted(one.server.name for one in drawn) == sorted(one.name for one in servers)
