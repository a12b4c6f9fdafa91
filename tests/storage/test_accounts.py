"""Deleted accounts: their files go when the time is over, and only then."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from asyncpg import RaiseError

from services.storage.accounts.erase import erase_due
from services.storage.accounts.erasures import note_event
from services.storage.accounts.follow import read_events
from services.storage.events.doorbell import Doorbell
from shared.account_events import STREAM, AccountEvent, encode
from shared.redis import open_redis
from tests.storage.foldering import make
from tests.world.obstacles import bound, refuse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from redis.asyncio import Redis

    from shared.db import Pool
    from tests.storage.conftest import Storage

NOW = datetime.now(UTC)
PAST, FUTURE = NOW - timedelta(seconds=1), NOW + timedelta(days=30)


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = open_redis(redis_url)
    yield client
    await client.aclose()


async def tell(redis: Redis, event: AccountEvent) -> None:
    fields: dict[Any, Any] = {**encode(event)}
    await redis.xadd(STREAM, fields)


async def erase(pool: Pool, redis: Redis) -> None:
    doorbell = Doorbell(redis)
    await erase_due(pool, doorbell)
    await doorbell.close()


async def state_of(pool: Pool, owner_id: uuid.UUID) -> tuple[Any, ...] | None:
    row = await pool.fetchrow(
        "SELECT version, erase_at, erased_at IS NOT NULL FROM storage.erasures WHERE owner_id = $1",
        owner_id,
    )
    return None if row is None else tuple(row)


async def test_newer_event_counts_in_whatever_order(owner_pool: Pool) -> None:
    owner_id = uuid.uuid4()
    deleted = AccountEvent(owner_id, 2, FUTURE)
    restored = AccountEvent(owner_id, 3, None)
    for events in ((deleted, restored), (restored, deleted), (restored, deleted, restored)):
        await owner_pool.execute("DELETE FROM storage.erasures")
        for event in events:
            await note_event(owner_pool, event)
        assert await state_of(owner_pool, owner_id) == (3, None, False)
    await note_event(owner_pool, AccountEvent(owner_id, 4, FUTURE))
    await note_event(owner_pool, AccountEvent(owner_id, 4, PAST))
    await note_event(owner_pool, AccountEvent(owner_id, 4, FUTURE))
    assert await state_of(owner_pool, owner_id) == (4, PAST, False)


async def test_stream_is_followed_and_nonsense_is_passed_over(
    owner_pool: Pool, redis: Redis
) -> None:
    ann, bob = uuid.uuid4(), uuid.uuid4()
    await tell(redis, AccountEvent(ann, 2, FUTURE))
    good: dict[Any, Any] = {**encode(AccountEvent(bob, 2, FUTURE))}
    changes: tuple[dict[Any, Any], ...] = (
        {"type": "MOON"},
        {"v": "9"},
        {"user_id": "x"},
        {"erase_at": ""},
    )
    for change in changes:
        await redis.xadd(STREAM, {**good, **change})
    await redis.xadd(STREAM, {"x": "y"})
    last = await read_events(owner_pool, redis, "")
    assert await state_of(owner_pool, ann) == (2, FUTURE, False)
    assert await state_of(owner_pool, bob) is None
    assert await read_events(owner_pool, redis, last) == last
    await tell(redis, AccountEvent(bob, 2, FUTURE))
    assert await read_events(owner_pool, redis, last) > last
    assert await state_of(owner_pool, bob) == (2, FUTURE, False)


async def test_files_go_when_the_time_is_over(
    storage: Storage, owner_pool: Pool, redis: Redis
) -> None:
    ann, bob = storage.person(), storage.person()
    mine = [await ann.upload(f"{number}.txt", b"bytes") for number in range(2)]
    above = await make(ann, "above")
    below = await make(ann, "below", above)
    mine.append(await ann.upload("in.txt", b"bytes", folder_id=below))
    await make(bob, "above")
    other = await bob.upload("other.txt", b"bytes")
    file_id = mine[0]["id"]
    owner_id = await owner_pool.fetchval(
        "SELECT owner_id FROM storage.files WHERE id = $1", file_id
    )
    await note_event(owner_pool, AccountEvent(owner_id, 2, FUTURE))
    await erase(owner_pool, redis)
    await ann.call("GET", f"/files/{file_id}")
    await note_event(owner_pool, AccountEvent(owner_id, 2, PAST))
    await erase(owner_pool, redis)
    for file in mine:
        await ann.call("GET", f"/files/{file['id']}", 404)
    await bob.call("GET", f"/files/{other['id']}")
    states = await owner_pool.fetch(
        "SELECT state FROM storage.versions WHERE owner_id = $1", owner_id
    )
    assert {row["state"] for row in states} == {"DELETING"}
    deleted = await owner_pool.fetchval(
        "SELECT count(*) FROM storage.outbox WHERE event ->> 'type' = 'FILE.DELETED'"
    )
    assert deleted == 3
    folders = await owner_pool.fetch("SELECT owner_id = $1 FROM storage.folders", owner_id)
    assert [tuple(row) for row in folders] == [(False,)]
    assert await state_of(owner_pool, owner_id) == (2, PAST, True)
    await erase(owner_pool, redis)


async def test_restored_account_keeps_its_files(
    storage: Storage, owner_pool: Pool, redis: Redis
) -> None:
    ann = storage.person()
    file_id = (await ann.upload("a.txt", b"bytes"))["id"]
    owner_id = await owner_pool.fetchval(
        "SELECT owner_id FROM storage.files WHERE id = $1", file_id
    )
    await note_event(owner_pool, AccountEvent(owner_id, 2, PAST))
    await note_event(owner_pool, AccountEvent(owner_id, 3, None))
    await erase(owner_pool, redis)
    await ann.call("GET", f"/files/{file_id}")


async def test_an_account_that_cannot_be_erased_holds_up_no_other(
    storage: Storage, owner_pool: Pool, redis: Redis
) -> None:
    people = [storage.person() for _ in range(2)]
    for number, person in enumerate(people):
        folder = await make(person, "x")
        await person.upload("a.txt", b"bytes", folder_id=folder)
        event = AccountEvent(person.id, 2, PAST - timedelta(hours=len(people) - number))
        await note_event(owner_pool, event)
    await refuse(owner_pool, "storage.folders", "owner_id", people[0].id)
    with pytest.raises(RaiseError, match="refused"):
        await erase(owner_pool, redis)
    told = [await state_of(owner_pool, person.id) for person in people]
    assert [state and state[-1] for state in told] == [False, True]


async def test_many_folders_of_an_account_go_page_by_page(
    storage: Storage, owner_pool: Pool, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = storage.person()
    for path in ("/a/b/c", "/d/e", "/f", "/g"):
        await person.call("POST", "/folders", 201, json={"path": path})
    await note_event(owner_pool, AccountEvent(person.id, 2, PAST))
    monkeypatch.setattr("services.storage.accounts.erase.BATCH", 2)
    await bound(owner_pool, "storage.folders", "DELETE", 2)
    await erase(owner_pool, redis)
    assert await owner_pool.fetch("SELECT FROM storage.folders") == []
    assert await state_of(owner_pool, person.id) == (2, PAST, True)
