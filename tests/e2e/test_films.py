"""A cinema: a film goes on without a stall when the city that it came from dies."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.e2e.driving import account_of, drive
from tests.world.places import BOSTON, TOKYO
from tests.world.stack import PROJECT

if TYPE_CHECKING:
    from tests.world.stack import Stack

MOST_SECONDS = 180
WITHOUT = "there is no ffmpeg, which makes the film: apt install ffmpeg"
no_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason=WITHOUT)


def make_film(stack: Stack, *options: str) -> str:
    """Make a film as README.md says; give the address where it plays."""
    done = subprocess.run(
        [sys.executable, "-m", "examples.movies.make_film", *options],
        env={**os.environ, "MERIDIAN_HOME": str(stack.home)},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    return done.stdout.strip()


def places_and_faults(stack: Stack) -> dict[str, str]:
    """What a script needs to sit somebody down near a city, and to lose any of them."""
    names = [server["name"] for server in stack.info["servers"]]
    nodes = {name: stack.pid(f"node-{name}") for name in names}
    return {
        **account_of(stack),
        "MERIDIAN_BOSTON": BOSTON,
        "MERIDIAN_TOKYO": TOKYO,
        "MERIDIAN_NODES": json.dumps(nodes),
    }


@pytest.fixture(scope="module")
def film(stack: Stack) -> str:
    """A film of a minute and a half; the address where it plays."""
    return make_film(stack, "--genre", "drama")


@no_ffmpeg
@pytest.mark.browser
@pytest.mark.timeout(MOST_SECONDS * 2)
def test_a_film_goes_on_when_its_city_dies(stack: Stack, film: str) -> None:
    premiere = make_film(
        stack, "--title", "Premiere", "--seconds", "12", "--permission", "films.premieres"
    )
    told = drive(
        "films.mjs",
        stack,
        MOST_SECONDS,
        MERIDIAN_FILM=film,
        MERIDIAN_PREMIERE=premiere,
        **places_and_faults(stack),
    )
    seen = json.loads(told)
    assert seen["one"]["waits"] == seen["other"]["waits"] == 0
    assert seen["one"]["leastAhead"] >= 10


@no_ffmpeg
@pytest.mark.browser
@pytest.mark.timeout(MOST_SECONDS * 2)
def test_a_film_of_one_file_goes_on_at_the_same_second(stack: Stack, film: str) -> None:
    told = drive(
        "one-file.mjs", stack, MOST_SECONDS, MERIDIAN_FILM=film, **places_and_faults(stack)
    )
    assert json.loads(told)["after"]["leap"] < 1
