"""The live feed: my events and the servers', nobody else's, until the session ends."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from typing import TYPE_CHECKING, Any

from services.storage.relay.publish import Relay
from shared.db import connect
from shared.events import FILES_STREAM, NEWS_STREAM, ReplicaReady, encode
from shared.redis import open_redis
from tests.storage.conftest import Person, Storage, make_token
from tests.world.cities import City
from tests.world.places import BOSTON

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


async def listen(storage: Storage, person: Person) -> AsyncIterator[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {make_token(person.id, person.session_id)}"}
    async with storage.client.get("/storage/api/v1/live", headers=headers) as answer:
        assert answer.content_type == "text/event-stream"
        async for line in answer.content:
            if line.startswith(b"data: "):
                yield json.loads(line[6:])


async def collect(storage: Storage, person: Person, found: list[dict[str, Any]]) -> None:
    async for news in listen(storage, person):
        found.append(news)  # noqa: PERF401 it is read while it grows


async def test_only_the_owner_hears_of_a_file(storage: Storage) -> None:
    owner, other = storage.person(BOSTON), storage.person(BOSTON)
    heard: list[dict[str, Any]] = []
    heard_by_other: list[dict[str, Any]] = []
    tasks = [
        asyncio.create_task(collect(storage, owner, heard)),
        asyncio.create_task(collect(storage, other, heard_by_other)),
    ]
    await asyncio.sleep(0.3)
    file = await owner.upload("a", b"1")
    pool, redis = await connect(storage.database.storage), open_redis(storage.shared.redis_url)
    await Relay(pool, redis).publish_waiting()
    version_id = await pool.fetchval("SELECT id FROM storage.versions")
    ready = ReplicaReady(
        file_id=uuid.UUID(file["id"]),
        version_id=version_id,
        owner_id=owner.id,
        server_id=storage.servers["cape-town"].id,
    )
    fields: dict[Any, Any] = {**encode(ready)}
    await redis.xadd(FILES_STREAM, {"type": "NONSENSE"})
    await redis.xadd(NEWS_STREAM, fields)
    await asyncio.sleep(0.5)
    for task in tasks:
        task.cancel()
    assert [news["type"] for news in heard] == ["file.stored", "replica.ready"]
    assert (heard[1]["file_id"], heard[1]["server"]) == (file["id"], "cape-town")
    assert heard_by_other == []
    await redis.aclose()
    await pool.close()


async def test_a_city_that_goes_down_is_told(storage: Storage, cities: dict[str, City]) -> None:
    heard: list[dict[str, Any]] = []
    task = asyncio.create_task(collect(storage, storage.person(), heard))
    pool, redis = await connect(storage.database.storage), open_redis(storage.shared.redis_url)
    relaying = asyncio.create_task(Relay(pool, redis).run())
    await asyncio.sleep(0.3)
    await cities["vladivostok"].kill()
    await storage.until("vladivostok", state="offline")
    await cities["vladivostok"].start()
    await storage.until("vladivostok", state="online")
    async with asyncio.timeout(5):
        while len(heard) < 2:
            await asyncio.sleep(0.05)
    for work in (task, relaying):
        work.cancel()
    told = [(news["server"], news["state"]) for news in heard]
    assert told == [("vladivostok", "offline"), ("vladivostok", "online")]
    await redis.aclose()
    await pool.close()


async def test_the_feed_ends_with_the_session(storage: Storage) -> None:
    person = storage.person()
    task = asyncio.create_task(collect(storage, person, []))
    await asyncio.sleep(0.3)
    redis = open_redis(storage.shared.redis_url)
    entry: dict[Any, Any] = {
        "kind": "session",
        "id": str(person.session_id),
        "at": int(time.time()),
    }
    await redis.xadd("meridian:revocations", entry)
    await asyncio.wait_for(task, 3)
    await person.call("GET", "/files", 401)
    await redis.aclose()
