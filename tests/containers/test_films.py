"""The films service beside the others, as docs/family.md says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.world.people import visitors_of
from tests.world.places import ADDRESSES, REAL_BOSTON

if TYPE_CHECKING:
    from tests.containers.stack import Containers
    from tests.world.people import Visitor

CINEMA = "cinema"
PICTURES = b"moving pictures" * 1000


async def test_a_film_plays_from_the_nearest_city(
    containers: Containers, visitors: dict[str, Visitor]
) -> None:
    password = containers.settings.read("MERIDIAN_MOVIES_PASSWORD")
    account = f"--username {CINEMA} --email cinema@example.org"
    run = ("exec", "-T", "-e", f"MERIDIAN_SUPERUSER_PASSWORD={password}", "auth", "python")
    containers.compose(*run, "-m", "services.auth", "createsuperuser", *account.split())
    async with visitors_of(containers.info(), [REAL_BOSTON]) as people:
        cinema = people[REAL_BOSTON]
        await cinema.log_in(CINEMA, password)
        started = await cinema.upload("The Last City.mp4", PICTURES)
        await cinema.wait_for_copies(started["file"]["id"])
        body = {"title": "The Last City", "year": 2024, "file_id": started["file"]["id"]}
        film = await cinema.call("movies", "POST", "/films", 201, json=body)
    for address, city in ADDRESSES.items():
        viewer = visitors[address]
        found = await viewer.call("movies", "GET", "/films/search", params={"query": "last"})
        assert [one["id"] for one in found["items"]] == [film["id"]]
        play = await viewer.call("movies", "GET", f"/films/{film['id']}/play")
        assert play["server"]["name"] == city
        assert await viewer.read(play["url"]) == PICTURES
