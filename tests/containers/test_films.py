"""The films service beside the others, brought up as docs/family.md says."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.containers.conftest import PASSWORD, USERNAME
from tests.world.people import visitors_of
from tests.world.places import ADDRESSES, REAL_BOSTON

if TYPE_CHECKING:
    from tests.containers.stack import Containers
    from tests.world.people import Visitor

CINEMA = "cinema"
PICTURES = b"moving pictures" * 1000
SIGN_IN_SECONDS = 60


@pytest.mark.usefixtures("visitors")
async def test_a_film_plays_from_the_nearest_city(containers: Containers) -> None:
    password = containers.settings.read("MERIDIAN_MOVIES_PASSWORD")
    account = f"--username {CINEMA} --email cinema@example.org"
    run = ("exec", "-T", "-e", f"MERIDIAN_SUPERUSER_PASSWORD={password}", "auth", "python")
    containers.compose(*run, "-m", "services.auth", "createsuperuser", *account.split())
    containers.compose("--profile", "movies", "up", "--detach", "--wait", "movies")
    async with visitors_of(containers.info("movies"), ADDRESSES) as people:
        cinema = people[REAL_BOSTON]
        await cinema.log_in(CINEMA, password)
        film = await add_film(cinema)
        for address, city in ADDRESSES.items():
            viewer = people[address]
            await viewer.log_in(USERNAME, PASSWORD)
            found = await viewer.call("movies", "GET", "/films/search", params={"query": "last"})
            assert [one["id"] for one in found["items"]] == [film["id"]]
            play = await viewer.call("movies", "GET", f"/films/{film['id']}/play")
            assert play["server"]["name"] == city
            assert await viewer.read(play["url"]) == PICTURES


async def add_film(cinema: Visitor) -> dict[str, Any]:
    """Add a film of one file, once the service has signed in."""
    started = await cinema.upload("The Last City.mp4", PICTURES)
    await cinema.wait_for_copies(started["file"]["id"])
    body = {"title": "The Last City", "year": 2024, "file_id": started["file"]["id"]}
    url = f"{cinema.info['services']['movies']}/films"
    headers = {"Authorization": f"Bearer {cinema.tokens['access_token']}"}
    deadline = time.monotonic() + SIGN_IN_SECONDS
    while True:
        async with cinema.session.post(url, json=body, headers=headers) as answer:
            if answer.status == 201:
                film: dict[str, Any] = await answer.json()
                return film
            assert answer.status == 503, await answer.text()
            assert time.monotonic() < deadline
        await asyncio.sleep(1)
