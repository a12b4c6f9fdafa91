"""Ranking servers: pure, so every rule has its case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.storage.servers.nearest import Condition, distance_km, rank
from shared.catalog.servers import Server
from shared.geo import Place
from tests.world.rows import make_server

CITIES = {
    "new-york": (40.7128, -74.006),
    "vladivostok": (43.1155, 131.8855),
    "cape-town": (-33.9249, 18.4241),
}


SERVERS = [make_server(name, *point) for name, point in CITIES.items()]


def all_well(_: Server) -> Condition:
    return Condition(answers=True, recent_links=0)


@pytest.mark.parametrize(
    ("city", "latitude", "longitude", "nearest"),
    [
        ("Boston", 42.36, -71.06, "new-york"),
        ("Tokyo", 35.68, 139.69, "vladivostok"),
        ("Nairobi", -1.29, 36.82, "cape-town"),
        ("Buenos Aires", -34.6, -58.4, "cape-town"),
        ("Anchorage, over the date line", 61.2, -149.9, "vladivostok"),
        ("just west of the date line", 50.0, -179.9, "vladivostok"),
    ],
)
def test_the_nearest_city_comes_first(
    city: str, latitude: float, longitude: float, nearest: str
) -> None:
    place = Place(mode="real", city=city, latitude=latitude, longitude=longitude)
    assert rank(place, SERVERS, all_well)[0].server.name == nearest


def test_a_city_that_does_not_answer_comes_last_and_says_so() -> None:
    place = Place(mode="real", latitude=40.7, longitude=-74.0)
    ranked = rank(place, SERVERS, lambda server: Condition(server.name != "new-york", 0))
    assert ranked[-1].server.name == "new-york"
    assert "does not answer" in ranked[-1].reason


def test_of_servers_in_one_city_the_idle_one_is_chosen() -> None:
    twin = make_server("new-york-2", 40.73, -74.17)
    place = Place(mode="real", latitude=40.7128, longitude=-74.006)
    ranked = rank(
        place, [*SERVERS, twin], lambda server: Condition(True, 0 if server is twin else 5)
    )
    assert [choice.server.name for choice in ranked[:2]] == ["new-york-2", "new-york"]


def test_load_never_sends_anyone_to_another_city() -> None:
    place = Place(mode="real", latitude=40.7128, longitude=-74.006)
    ranked = rank(
        place, SERVERS, lambda server: Condition(True, 999 if server.name == "new-york" else 0)
    )
    assert ranked[0].server.name == "new-york"


def test_without_a_place_the_least_busy_server_is_chosen() -> None:
    loads = {"new-york": 3, "vladivostok": 1, "cape-town": 2}
    ranked = rank(Place(mode="real"), SERVERS, lambda server: Condition(True, loads[server.name]))
    assert [choice.server.name for choice in ranked] == ["vladivostok", "cape-town", "new-york"]
    assert ranked[0].distance_km is None


def test_known_distance() -> None:
    # New York to Vladivostok along the great circle, as published calculators give it.
    assert distance_km(40.7128, -74.006, *CITIES["vladivostok"]) == pytest.approx(10_330, rel=0.01)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_distance_is_never_more_than_half_the_globe(latitude: float, longitude: float) -> None:
    for point in CITIES.values():
        assert 0 <= distance_km(latitude, longitude, *point) <= 20_016
