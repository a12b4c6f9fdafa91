"""PostgreSQL or Redis away: clear answers, nothing lost, and all well again afterwards."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from services.storage.relay.publish import Relay
from shared.db import connect
from shared.events import BULK_STREAM, FILES_STREAM
from shared.redis import open_redis
from tests.storage.conftest import Storage, make_token
from tests.world.calm import PATIENCE_SECONDS, calm_clock
from tests.world.places import BOSTON
from tests.world.wire import Wire, wire_to

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.conftest import Database


@pytest.fixture
async def database_proxy(database: Database) -> AsyncIterator[Wire]:
    async with wire_to(database.storage) as proxy:
        yield proxy


@pytest.fixture
async def redis_proxy(redis_url: str) -> AsyncIterator[Wire]:
    async with wire_to(redis_url) as proxy:
        yield proxy


class TestDatabaseAway:
    @pytest.fixture
    def database(self, database: Database, database_proxy: Wire) -> Database:
        return replace(database, storage=database_proxy.url(database.storage))

    async def test_503_with_retry_after_then_all_is_well(
        self, storage: Storage, database_proxy: Wire
    ) -> None:
        person = storage.person(BOSTON)
        file = await person.upload("a", b"1")
        database_proxy.refuse()
        headers = {"Authorization": f"Bearer {make_token(person.id, person.session_id)}"}
        for method, path, body in (
            ("GET", "/files", None),
            ("GET", f"/files/{file['id']}/download", None),
            ("POST", "/uploads", {"name": "b", "size": 1}),
        ):
            problem = await person.call(method, path, 503, json=body)
            assert problem["code"] == "DATABASE_UNAVAILABLE"
            assert "127.0.0.1" not in str(problem)
        async with storage.client.get("/storage/api/v1/files", headers=headers) as answer:
            assert int(answer.headers["Retry-After"]) > 0
        async with storage.client.get("/readyz") as answer:
            assert answer.status == 503
        async with storage.client.get("/healthz") as answer:
            assert answer.status == 200
        database_proxy.heal()
        page = await person.call("GET", "/files")
        assert [item["id"] for item in page["items"]] == [file["id"]]


class TestRedisAway:
    @pytest.fixture
    def redis_url(self, redis_proxy: Wire, servers: Any) -> str:
        return redis_proxy.url(servers.valkey.url)

    @pytest.fixture
    async def redis_proxy(
        self, servers: Any, monkeypatch: pytest.MonkeyPatch
    ) -> AsyncIterator[Wire]:
        # Whoever waits for a silent Redis waits for longer than this test does.
        patient = partial(open_redis, answer_seconds=2 * PATIENCE_SECONDS)
        monkeypatch.setattr("services.storage.app.open_redis", patient)
        async with wire_to(servers.valkey.url) as proxy:
            yield proxy

    @pytest.mark.parametrize("how", ["refuse", "hold"])
    async def test_uploads_and_reads_go_on_and_the_event_is_kept(
        self, storage: Storage, redis_proxy: Wire, servers: Any, how: str
    ) -> None:
        getattr(redis_proxy, how)()
        person = storage.person(BOSTON)
        started = await person.upload("a", b"1", complete=False)
        async with asyncio.timeout(PATIENCE_SECONDS):
            file = await person.call("POST", f"/uploads/{started['id']}/complete")
            await person.call("GET", f"/files/{file['id']}/download")
            await person.call("DELETE", f"/files/{file['id']}", 204)
        redis_proxy.heal()
        redis = open_redis(servers.valkey.url)
        await redis.flushall()
        pool = await connect(storage.database.storage)
        relay = Relay(pool, redis)
        assert await relay.publish_waiting() == 2
        assert await relay.publish_waiting() == 0
        for stream, told in ((FILES_STREAM, "FILE.STORED"), (BULK_STREAM, "FILE.DELETED")):
            entries: Any = await redis.xrange(stream)
            assert [fields["type"] for _, fields in entries] == [told]
        await pool.close()
        await redis.aclose()


async def test_the_relay_hears_the_bell_and_survives_redis(storage: Storage, servers: Any) -> None:
    async with wire_to(servers.valkey.url) as proxy:
        pool = await connect(storage.database.storage)
        far = open_redis(proxy.url(servers.valkey.url))
        near = open_redis(servers.valkey.url)
        relay = asyncio.create_task(Relay(pool, far).run())
        person = storage.person(BOSTON)
        await person.upload("one", b"1")
        assert await wait_for_events(near, 1) < 2
        proxy.refuse()
        await person.upload("two", b"2")
        await asyncio.sleep(0.5)
        assert await near.xlen(FILES_STREAM) == 1
        proxy.heal()
        await wait_for_events(near, 2)
        relay.cancel()
        await asyncio.gather(relay, return_exceptions=True)
        await near.aclose()
        await far.aclose()
        await pool.close()


async def test_relays_side_by_side_publish_everything_once(storage: Storage) -> None:
    person = storage.person(BOSTON)
    await asyncio.gather(*(person.upload(f"{number}", b"1") for number in range(20)))
    pool = await connect(storage.database.storage)
    redis = open_redis(storage.shared.redis_url)
    counts = await asyncio.gather(*(Relay(pool, redis).publish_waiting() for _ in range(4)))
    assert sum(counts) == 20
    assert await redis.xlen(FILES_STREAM) == 20
    await redis.aclose()
    await pool.close()


async def test_an_event_nobody_understands_holds_up_no_other(
    storage: Storage, owner_pool: Any
) -> None:
    for event in ({"type": "FILE.SHARED", "v": "1"}, {"type": "FILE.STORED", "v": 1}, {}, [1]):
        await owner_pool.execute("INSERT INTO storage.outbox (event) VALUES ($1)", event)
    await storage.person(BOSTON).upload("a", b"abc")
    redis = open_redis(storage.shared.redis_url)
    assert await Relay(owner_pool, redis).publish_waiting() == 5
    assert await redis.xlen(FILES_STREAM) == 5
    await redis.aclose()


async def wait_for_events(redis: Any, count: int) -> float:
    """Seconds until the stream has so many entries."""
    with calm_clock() as passed:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await redis.xlen(FILES_STREAM) < count:
                await asyncio.sleep(0.02)
        return passed()
