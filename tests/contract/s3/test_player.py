"""What a player in a browser needs, which asks for parts of a film from another origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from tests.contract.s3.conftest import Client

ORIGIN: Final = "https://films.example"
FILM: Final = bytes(range(256)) * 4
TYPE: Final = {"response-content-type": "video/mp4"}
CACHED: Final = "private, max-age=300"


@pytest.mark.feature("cors_range")
@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ("bytes=0-", slice(0, 1024)),
        ("bytes=512-639", slice(512, 640)),
        ("bytes=-9", slice(1015, 1024)),
    ],
)
async def test_a_part_for_a_player(client: Client, key: str, wanted: str, part: slice) -> None:
    await client.put(key, FILM)
    asked = {"Range": wanted, "Origin": ORIGIN}
    got = await client.ask("GET", client.url("GET", key, query=TYPE), headers=asked)
    first, last, _ = part.indices(len(FILM))
    assert (got.status, got.body) == (206, FILM[part])
    assert got.headers["Content-Range"] == f"bytes {first}-{last - 1}/{len(FILM)}"
    assert got.headers["Content-Type"] == "video/mp4"
    assert got.headers["Access-Control-Allow-Origin"] in {"*", ORIGIN}
    exposed = got.headers["Access-Control-Expose-Headers"].lower()
    assert exposed == "*" or "content-range" in exposed


@pytest.mark.feature("cache_control")
async def test_how_long_a_player_may_keep_it(client: Client, key: str) -> None:
    await client.put(key, FILM)
    got = await client.ask("GET", client.url("GET", key, query={"response-cache-control": CACHED}))
    assert got.headers["Cache-Control"] == CACHED
    # What it compares with when it asks again.
    assert got.headers["Last-Modified"] or got.headers["ETag"]
