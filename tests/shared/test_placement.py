"""Each rule about servers stands in Python and in SQL: both say the same of every row."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from shared.catalog.placement import HOLDS, OPEN, TAKES, is_open, should_hold, takes_writes
from shared.catalog.servers import NewServer, list_servers, upsert_server
from shared.vault import Vault, new_key
from tests.world.cities import PLACES

if TYPE_CHECKING:
    from shared.db import Pool

CHANGE = """
UPDATE storage.servers SET is_on = $1, is_active = $2, is_draining = $3, takes_writes = $4,
    health = $5
"""
ASK = f"SELECT {HOLDS} AS holds, {OPEN} AS open, {TAKES} AS takes FROM storage.servers"


@pytest.fixture
async def pool(owner_pool: Pool) -> Pool:
    """A catalog with one server."""
    place = next(iter(PLACES.values()))
    new = NewServer(
        name=place.name,
        endpoint="http://127.0.0.1:1",
        public_endpoint="http://127.0.0.1:1",
        bucket="meridian",
        access_key="access",
        secret_key="secret",
        hook_secret="hook",
        city=place.title,
        zone=place.zone,
        latitude=place.latitude,
        longitude=place.longitude,
    )
    await upsert_server(owner_pool, Vault([new_key()]), new)
    return owner_pool


async def test_python_and_sql_say_the_same(pool: Pool) -> None:
    seen = set()
    for flags in product((True, False), repeat=4):
        await pool.execute(CHANGE, *flags, "online")
        (server,) = await list_servers(pool)
        said = (bool(should_hold([server])), is_open(server), takes_writes(server))
        assert tuple(await pool.fetchrow(ASK) or ()) == said
        seen.add(said)
    assert seen == {
        (True, True, True),
        (True, True, False),
        (True, False, False),
        (False, True, False),
        (False, False, False),
    }


async def test_what_people_are_told(pool: Pool) -> None:
    told = {}
    decided = ((True, True, False), (True, True, True), (True, False, False), (False, True, False))
    for health, flags in product(("online", "slow", "offline"), decided):
        await pool.execute(CHANGE, *flags, True, health)
        (server,) = await list_servers(pool)
        told[health, flags] = server.state
    assert list(told.values()) == [
        *("online", "draining", "inactive", "off"),
        *("slow", "draining", "inactive", "off"),
        *("offline", "offline", "offline", "off"),
    ]
