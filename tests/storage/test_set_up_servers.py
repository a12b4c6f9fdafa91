"""Adding S3 servers: what is tried, what is kept, and what is refused."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, replace
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from services.local.run.seed import seed
from services.storage.hooks import rate_limit
from services.storage.hooks.rate_limit import AT_ONCE, Hints
from services.storage.servers.capabilities import probe_server
from services.storage.servers.commands import CommandError, set_up, summary
from services.storage.servers.set_up import SetUp, set_up_servers
from shared.catalog.servers import list_servers
from shared.db import connect
from shared.errors import TOO_MANY_REQUESTS, MeridianError
from shared.vault import Vault
from tests.storage.newcomers import operator
from tests.world.places import BOSTON

if TYPE_CHECKING:
    from shared.db import Pool
    from tests.storage.conftest import Person, Storage
    from tests.world.cities import City

__all__ = ["operator"]
STRONG = "a-long-hook-token-27"


def described(storage: Storage, **changes: Any) -> str:
    server = storage.servers["new-york"]
    fields = {
        "name": server.name,
        "endpoint": server.endpoint,
        "bucket": server.bucket,
        "access_key": server.access_key,
        "secret_key": STRONG,
        "hook_secret": STRONG,
        "city": server.city,
        "zone": server.zone,
        "latitude": server.latitude,
        "longitude": server.longitude,
    }
    return json.dumps([{**fields, **changes}])


async def test_a_probe_tells_what_a_server_can_do(storage: Storage) -> None:
    found = await probe_server(storage.stores, storage.servers["new-york"])
    assert found["presigned"]
    assert found["signed_length"]
    assert found["multipart"]
    assert found["copy"]
    # rclone by itself, without the edge
    assert not found["if_none_match"]
    assert not found["range"]
    assert not found["notifications"]
    assert found["clock_skew_seconds"] == 0
    keys = await storage.keys("new-york")
    assert not [key for key in keys if key.startswith("meridian-probe")]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "new-york refuses us; are its keys right?"),
        ({"name": "nowhere", "endpoint": "http://127.0.0.1:1"}, "nowhere does not answer at"),
        ({"secret_key": "minioadmin"}, "new-york: secret_key must have at least 16"),
        ({"hook_secret": "changeme-changeme-changeme"}, "hook_secret is a placeholder"),
        ({"latitude": 91}, "new-york: latitude"),
        ({"endpoint": "ftp://somewhere"}, "new-york: endpoint"),
        ({"colour": "blue"}, "new-york: colour"),
    ],
)
async def test_what_cannot_be_set_up_is_named(
    storage: Storage, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(CommandError) as caught:
        await set_up(storage.shared, described(storage, **changes))
    assert words in str(caught.value)
    assert STRONG not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{}", "[1]", "[{}]"])
async def test_a_description_that_is_none(storage: Storage, text: str) -> None:
    with pytest.raises(CommandError, match="MERIDIAN_SERVERS"):
        await set_up(storage.shared, text)


async def test_a_known_server_that_is_away_stays_as_it_was(
    storage: Storage, cities: dict[str, City]
) -> None:
    before = dict(storage.servers["new-york"].capabilities)
    await cities["new-york"].kill()
    try:
        (one,) = await set_up(storage.shared, described(storage))
    finally:
        await cities["new-york"].start()
    assert not one.answered
    assert summary(one) == "new-york DOES NOT ANSWER, and stays as it was"
    pool = await connect(storage.database.owner, max_size=1)
    rows = {server.name: server for server in await list_servers(pool)}
    await pool.close()
    assert dict(rows["new-york"].capabilities) == before


@pytest.mark.parametrize(
    ("capabilities", "words"),
    [
        ({"range": True, "clock_skew_seconds": -3}, "new-york is set up"),
        (
            {"range": False, "cors": True, "notifications": False, "clock_skew_seconds": None},
            "new-york is set up; it lacks range, notifications (docs/storage-servers.md)",
        ),
        ({"clock_skew_seconds": -300}, "new-york is set up; ITS CLOCK IS 300 s BEHIND"),
    ],
)
def test_what_a_server_lacks_is_said(
    storage: Storage, capabilities: dict[str, Any], words: str
) -> None:
    server = replace(storage.servers["new-york"], capabilities=capabilities)
    assert summary(SetUp(server, answered=True)) == words


def test_hints_without_a_secret_are_limited() -> None:
    hints = Hints()
    for _ in range(int(AT_ONCE)):
        hints.spend("new-york")
    with pytest.raises(MeridianError) as caught:
        hints.spend("new-york")
    assert caught.value.problem is TOO_MANY_REQUESTS
    hints.spend("cape-town")


async def test_a_server_that_cannot_show_a_secret_gives_hints(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = storage.person(BOSTON)
    started = await person.upload("a", b"1", complete=False)
    url = "/storage/api/v1/hooks/s3/new-york"
    key = urlsplit(started["url"]).path.removeprefix("/meridian/")
    body = {
        "Records": [
            {
                "eventName": "s3:ObjectCreated:Put",
                "s3": {"bucket": {"name": "meridian"}, "object": {"key": key}},
            }
        ]
    }
    assert (await storage.client.post(url, json=body)).status == 401
    pool = await connect(storage.database.owner, max_size=1)
    await pool.execute(
        "UPDATE storage.servers SET capabilities = $1 WHERE name = 'new-york'",
        {"hook_without_secret": True},
    )
    await pool.close()
    async with asyncio.timeout(10):
        while (await storage.client.post(url, json=body)).status != 204:
            await asyncio.sleep(0.1)
    file = await person.call("GET", f"/files/{started['file']['id']}")
    assert file["state"] == "stored"
    wrong = {"Authorization": "Bearer wrong"}
    assert (await storage.client.post(url, json=body, headers=wrong)).status == 401
    now = monotonic()
    monkeypatch.setattr(rate_limit, "monotonic", lambda: now)
    flood = [(await storage.client.post(url, json={"Records": []})).status for _ in range(400)]
    assert flood == sorted(flood)
    assert {204, 429} == set(flood)


@pytest.mark.parametrize("are_tried", [True, False])
async def test_what_an_operator_did_outranks_the_list(
    storage: Storage, operator: Person, cities: dict[str, City], are_tried: bool
) -> None:
    async def bring_up(**changes: Any) -> dict[str, dict[str, Any]]:
        servers = [asdict(city.as_server(**changes)) for city in cities.values()]
        await seed(
            {
                "database_url": storage.database.owner,
                "passwords": {},
                "vault_key": storage.shared.secret_keys[0],
                "servers": servers,
                "moved": {},
                "set_up": are_tried,
            }
        )
        items = (await operator.call("GET", "/servers"))["items"]
        return {
            server["name"]: await operator.call("GET", f"/servers/{server['id']}")
            for server in items
        }

    before = await bring_up()
    assert set(before) == set(cities)
    place = {"city": "Harlem", "zone": "uptown", "latitude": 40.8, "longitude": -73.9}
    flags = {"is_on": True, "is_active": False}
    path = f"/servers/{before['new-york']['id']}"
    await operator.call("PATCH", path, json={**place, **flags})
    await operator.call("DELETE", f"/servers/{before['vladivostok']['id']}")
    public = "http://files.example"
    after = await bring_up(public_endpoint=public)
    assert set(after) == set(cities) - {"vladivostok"}
    assert (place | flags).items() <= after["new-york"].items()
    assert {server["public_endpoint"] for server in after.values()} == {public}


async def test_a_removed_server_is_not_even_asked(storage: Storage, operator: Person) -> None:
    server = storage.servers["vladivostok"]
    await operator.call("DELETE", f"/servers/{server.id}")
    gone = {"name": server.name, "endpoint": "http://127.0.0.1:1"}
    (one,) = await set_up(storage.shared, described(storage, **gone))
    assert summary(one) == (
        "vladivostok was removed here, and stays as it is: the page or POST /servers adds it again"
    )


async def test_a_city_is_not_pointed_at_a_place_without_its_files(
    storage: Storage, cities: dict[str, City], owner_pool: Pool
) -> None:
    async def list_again(**changes: Any) -> SetUp:
        wanted = [cities["new-york"].as_server(**changes)]
        vault = Vault(storage.shared.secret_keys)
        (one,) = await set_up_servers(owner_pool, vault, storage.stores, wanted)
        return one

    before = storage.servers["new-york"]
    await storage.person(BOSTON).upload("a", b"abc")
    for empty in ({"bucket": "elsewhere"}, {"endpoint": cities["cape-town"].node.endpoint}):
        assert summary(await list_again(**empty)) == (
            f"new-york stays at {before.endpoint}, bucket meridian: "
            "1 of 1 objects of new-york are not there."
        )
    away = await list_again(endpoint="http://127.0.0.1:1")
    assert summary(away) == "new-york DOES NOT ANSWER, and stays as it was"
    kept = {server.name: server for server in await list_servers(owner_pool)}["new-york"]
    assert (kept.endpoint, kept.bucket) == (before.endpoint, "meridian")
    again = await list_again(endpoint=before.endpoint.replace("127.0.0.1", "localhost"))
    assert summary(again).startswith("new-york is set up")
    kept = {server.name: server for server in await list_servers(owner_pool)}["new-york"]
    assert "localhost" in kept.endpoint
