"""The whole product, and people who use it over HTTP only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.world.people import people_of
from tests.world.places import NEAREST, write_places
from tests.world.stack import running_stack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.world.people import Visitor
    from tests.world.stack import Stack


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One running product for all tests that leave it as they found it."""
    folder = tmp_path_factory.mktemp("stack")
    settings = {
        "MERIDIAN_GEOIP_DB": str(write_places(folder / "places.mmdb")),
        "MERIDIAN_LEASE_SECONDS": "5",
    }
    with running_stack(folder / "home", **settings) as stack:
        yield stack


@pytest.fixture
async def visitors(stack: Stack) -> AsyncIterator[dict[str, Visitor]]:
    """The demo person in three places, and the superuser."""
    async with people_of(stack.info, NEAREST) as people:
        yield people
