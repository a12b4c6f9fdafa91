"""The live feed: my events and the servers', nobody else's, until the session ends."""

from __future__ import annotations

import asyncio
import time
import uuid
from datetime import UTC, datetime
from functools import partial
from itertools import cycle
from typing import TYPE_CHECKING, Any

import pytest

from services.storage.files.found import find_readers
from services.storage.live.feed import BATCH, STREAMS, LiveFeed
from services.storage.live.news import News
from services.storage.relay.publish import Relay
from shared.db import connect
from shared.events import BULK_STREAM, FILES_STREAM, NEWS_STREAM, ReplicaReady, encode
from shared.redis import open_redis
from shared.tokens import notices
from tests.storage.conftest import Person, Storage
from tests.storage.foldering import make
from tests.storage.listening import PATIENCE, listening
from tests.storage.sharing import share, somebody, unshare
from tests.world.cities import City
from tests.world.places import BOSTON

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping
    from collections.abc import Set as AbstractSet

    from shared.db import Pool


async def test_only_the_owner_hears_of_a_file(storage: Storage) -> None:
    owner, other = storage.person(BOSTON), storage.person(BOSTON)
    async with listening(storage, owner) as ear, listening(storage, other) as other_ear:
        file = await owner.upload("a", b"1")
        await tell_of_copies(storage, owner, file)
        await ear.until(2)
        # Told last, so that whatever was to be heard before it has been.
        theirs = await other.upload("b", b"2")
        await tell_of_copies(storage, other, theirs)
        await other_ear.until(2)
    assert [news["type"] for news in ear.heard] == ["file.stored", "replica.ready"]
    assert (ear.heard[1]["file_id"], ear.heard[1]["server"]) == (file["id"], "cape-town")
    assert {news["file_id"] for news in other_ear.heard} == {theirs["id"]}


async def test_who_comes_back_hears_what_was_missed(storage: Storage) -> None:
    owner, other = storage.person(BOSTON), storage.person(BOSTON)
    async with listening(storage, owner) as ear:
        await tell_of_copies(storage, owner, await owner.upload("a", b"1"))
        await ear.until(2)
    assert len(ear.ids) == 2
    missed = await owner.upload("b", b"2")
    await tell_of_copies(storage, owner, missed)
    await tell_of_copies(storage, other, await other.upload("c", b"3"))
    async with listening(storage, owner, ear.ids[0]) as again:
        await again.until(3)
        last = await owner.upload("d", b"4")
        await tell_of_copies(storage, owner, last)
        await again.until(5)
    told = [(news["type"], news["file_id"] == missed["id"]) for news in again.heard[:3]]
    assert told == [("replica.ready", False), ("file.stored", True), ("replica.ready", True)]
    assert {news["file_id"] for news in again.heard[3:]} == {last["id"]}
    assert again.ids[0] == ear.ids[1]
    assert len(set(again.ids)) == 5


async def test_what_others_did_meanwhile_hides_nothing(storage: Storage) -> None:
    owner, witness = storage.person(BOSTON), storage.person(BOSTON)
    async with listening(storage, owner) as ear:
        await tell_of_copies(storage, owner, await owner.upload("a", b"1"))
        await ear.until(2)
    theirs, last_of_all = copy_of(uuid.uuid4()), copy_of(witness.id)
    mine = [copy_of(owner.id) for _ in range(4)]
    happened = [
        (BULK_STREAM, mine[0]),
        *((NEWS_STREAM, theirs) for _ in range(BATCH + 50)),
        (FILES_STREAM, mine[1]),
        *((FILES_STREAM, theirs) for _ in range(2 * BATCH)),
        (NEWS_STREAM, mine[2]),
        (FILES_STREAM, mine[3]),
        *((stream, last_of_all) for stream in STREAMS),
    ]
    redis = open_redis(storage.shared.redis_url)
    async with listening(storage, witness) as witness_ear:
        for stream, event in happened:
            fields: dict[Any, Any] = {**encode(event)}
            await redis.xadd(stream, fields)
        # From here on nobody hears of it who does not ask for what was missed.
        await witness_ear.until(len(STREAMS))
    await redis.aclose()
    async with listening(storage, owner, ear.ids[-1]) as again:
        await again.until(4)
        last = await owner.upload("d", b"4")
        await tell_of_copies(storage, owner, last)
        await again.until(6)
    heard = [news["file_id"] for news in again.heard]
    # What came to two streams in one millisecond has no order.
    assert sorted(heard[:4]) == sorted(str(one.file_id) for one in mine)
    assert heard[4:] == [last["id"], last["id"]]


async def test_what_came_to_another_stream_meanwhile_is_told(
    redis_url: str, owner_pool: Pool
) -> None:
    """It may be older than what was told, and is not the same."""
    user_id = uuid.uuid4()
    redis = open_redis(redis_url)
    told, queued = (copy_of(user_id) for _ in range(2))
    fields: dict[Any, Any] = {**encode(told)}
    await redis.xadd(NEWS_STREAM, fields, id="20-0")
    feed = LiveFeed(redis, partial(find_readers, owner_pool))
    heard = feed.listen(user_id, PATIENCE, (5, 0))
    first = await anext(heard)
    for stream, entry_id, event in (
        (FILES_STREAM, (5, 0), told),
        (NEWS_STREAM, (20, 0), told),
        (FILES_STREAM, (20, 0), queued),
    ):
        feed.tell(News(stream, entry_id, event, datetime.now(UTC)), {})
    second = await anext(heard)
    assert first is not None
    assert second is not None
    assert (first.event, second.event) == (told, queued)
    await redis.aclose()


async def test_who_listens_before_redis_answers_misses_nothing(
    redis_url: str, owner_pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_id, refused = uuid.uuid4(), asyncio.Event()
    told = copy_of(user_id)
    fields: dict[Any, Any] = {**encode(told)}
    redis = open_redis(redis_url)

    async def refuse(*_: object, **__: object) -> None:
        refused.set()
        raise ConnectionError

    feed = LiveFeed(redis, partial(find_readers, owner_pool))
    with monkeypatch.context() as patch:
        patch.setattr(redis, "xrevrange", refuse)
        following = asyncio.create_task(feed.follow())
        first = asyncio.ensure_future(anext(feed.listen(user_id, 2 * PATIENCE)))
        await refused.wait()
        await redis.xadd(NEWS_STREAM, fields)
    news = await asyncio.wait_for(first, PATIENCE)
    assert news is not None
    assert news.event == told
    following.cancel()
    await redis.aclose()


async def test_what_is_told_comes_in_order(redis_url: str, owner_pool: Pool) -> None:
    """Else whoever comes back after one would never hear of what was before it."""
    user_id = uuid.uuid4()
    redis = open_redis(redis_url)
    feed = LiveFeed(redis, partial(find_readers, owner_pool))
    heard = feed.listen(user_id, 0.01)
    theirs: dict[Any, Any] = {**encode(copy_of(uuid.uuid4()))}
    mine: dict[Any, Any] = {**encode(copy_of(user_id))}
    following = asyncio.create_task(feed.follow())
    begun = 0
    told: list[News] = []
    try:
        async with asyncio.timeout(PATIENCE):
            while await anext(heard) is None:
                begun += 1
                await redis.xadd(NEWS_STREAM, mine, id=f"{begun}-0")
            async with redis.pipeline() as at_once:
                for number in range(BATCH):
                    at_once.xadd(BULK_STREAM, theirs, id=f"{begun + 1}-{number}")
                at_once.xadd(BULK_STREAM, mine, id=f"{begun + 2}-0")
                at_once.xadd(NEWS_STREAM, mine, id=f"{begun + 3}-0")
                await at_once.execute()
            while len(told) < 2:
                news = await anext(heard)
                if news is not None and news.id[0] > begun:
                    told.append(news)
    finally:
        following.cancel()
        await redis.aclose()
    assert [news.stream for news in told] == [BULK_STREAM, NEWS_STREAM]


async def test_what_was_missed_waits_for_the_database(redis_url: str) -> None:
    """It says who may see what others share."""
    user_id, owner_id = uuid.uuid4(), uuid.uuid4()
    redis = open_redis(redis_url)
    shared = copy_of(owner_id)
    fields: dict[Any, Any] = {**encode(shared)}
    await redis.xadd(NEWS_STREAM, fields)
    is_away = True

    async def find(
        owners: Mapping[uuid.UUID, uuid.UUID], readers: AbstractSet[uuid.UUID]
    ) -> dict[uuid.UUID, set[uuid.UUID]]:
        if is_away:
            raise ConnectionRefusedError
        return {thing_id: {*readers} for thing_id in owners}

    heard = LiveFeed(redis, find).listen(user_id, PATIENCE, (0, 1))
    assert await anext(heard) is None
    is_away = False
    news = await anext(heard)
    assert news is not None
    assert news.event == shared
    await redis.aclose()


@pytest.mark.parametrize("odd", ["x", "-1", "9" * 40, "1-2-3", "(0-0"])
async def test_an_odd_last_event_does_no_harm(storage: Storage, odd: str) -> None:
    owner = storage.person(BOSTON)
    async with listening(storage, owner, odd) as ear:
        await tell_of_copies(storage, owner, await owner.upload("a", b"1"))
        await ear.until(2)


def copy_of(owner_id: uuid.UUID) -> ReplicaReady:
    """What is told of a new copy of some file."""
    return ReplicaReady(
        file_id=uuid.uuid4(), version_id=uuid.uuid4(), owner_id=owner_id, server_id=uuid.uuid4()
    )


async def tell_of_copies(storage: Storage, owner: Person, file: dict[str, Any]) -> None:
    """Publish what waits, nonsense, and that a copy is ready."""
    pool, redis = await connect(storage.database.storage), open_redis(storage.shared.redis_url)
    await Relay(pool, redis).publish_waiting()
    version_id = await pool.fetchval(
        "SELECT id FROM storage.versions WHERE file_id = $1", uuid.UUID(file["id"])
    )
    ready = ReplicaReady(
        file_id=uuid.UUID(file["id"]),
        version_id=version_id,
        owner_id=owner.id,
        server_id=storage.servers["cape-town"].id,
    )
    fields: dict[Any, Any] = {**encode(ready)}
    await redis.xadd(FILES_STREAM, {"type": "NONSENSE"})
    await redis.xadd(NEWS_STREAM, fields)
    await redis.aclose()
    await pool.close()


async def test_a_city_that_goes_down_is_told(storage: Storage, cities: dict[str, City]) -> None:
    pool, redis = await connect(storage.database.storage), open_redis(storage.shared.redis_url)
    relaying = asyncio.create_task(Relay(pool, redis).run())
    async with listening(storage, storage.person()) as ear:
        await cities["vladivostok"].kill()
        await ear.until_city("vladivostok", "offline")
        await cities["vladivostok"].start()
        await ear.until_city("vladivostok", "online")
    assert not ear.heard
    relaying.cancel()
    await redis.aclose()
    await pool.close()


@pytest.mark.parametrize("kind", ["session", "rights", "rights of all"])
async def test_the_feed_ends_at_once_with_the_session_and_when_rights_change(
    storage: Storage, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It does not end because somebody looks now and then whether it should.
    monkeypatch.setattr("services.storage.live.handlers.LOOK_SECONDS", 4 * PATIENCE)
    person = storage.person()
    redis = open_redis(storage.shared.redis_url)
    ended = {"session": person.session_id, "rights": person.id}.get(kind, notices.EVERYBODY)
    notice = notices.Notice(
        notices.Kind(kind.split(maxsplit=1)[0]), str(ended), int(time.time()), 1
    )
    async with listening(storage, person) as ear:
        await redis.xadd(notices.STREAM, notices.encode(notice))
        assert ear.task is not None
        await asyncio.wait_for(ear.task, PATIENCE)
    await person.call("GET", "/files", 401)
    await redis.aclose()


async def test_who_reads_a_file_hears_of_it_until_it_ends(storage: Storage) -> None:
    owner, reader = somebody(storage), somebody(storage)
    folder = await make(owner, "shared")
    async with listening(storage, owner) as own, listening(storage, reader) as ear:
        await share(owner, f"folders/{folder}", reader)
        first = await owner.upload("a", b"1", folder_id=folder)
        await tell_of_copies(storage, owner, first)
        await ear.until(3)
        await unshare(owner, f"folders/{folder}", reader)
        second = await owner.upload("b", b"2", folder_id=folder)
        await tell_of_copies(storage, owner, second)
        await own.until(7)
        # Told last, so that whatever was to be heard before it has been.
        await tell_of_copies(storage, reader, await reader.upload("c", b"3"))
        await ear.until(6)
    heard = [(news["type"], news.get("file_id"), news.get("object_id")) for news in ear.heard]
    assert sorted(heard[:3]) == [
        ("access.changed", None, folder),
        ("file.stored", first["id"], None),
        ("replica.ready", first["id"], None),
    ]
    assert heard[3][0] == "access.changed"
    assert second["id"] not in {news.get("file_id") for news in ear.heard}
    assert ear.heard[3]["owner_id"] == str(owner.id)
    async with listening(storage, reader, ear.ids[0]) as again:
        await again.until(3)
    assert {first["id"], second["id"]}.isdisjoint({news.get("file_id") for news in again.heard})


async def test_what_is_done_to_folders_is_told_to_all_who_see_them(storage: Storage) -> None:
    owner, reader, other = somebody(storage), somebody(storage), somebody(storage)
    shared, elsewhere = await make(owner, "shared"), await make(owner, "elsewhere")
    inner = await make(owner, "inner", shared)
    await share(owner, f"folders/{shared}", reader)
    file = await owner.upload("a", b"1", folder_id=inner)
    await publish(storage)
    access = cycle(("write", "read"))
    async with (
        listening(storage, owner) as own,
        listening(storage, reader) as ear,
        listening(storage, other) as strange,
    ):

        async def told(act: Awaitable[object]) -> tuple[set[str | None], set[str | None]]:
            """Which folders both hear of, until a sign that is given behind it."""
            before = len(own.heard), len(ear.heard)
            await act
            await publish(storage)
            await share(owner, f"folders/{elsewhere}", reader, next(access))
            await publish(storage)
            await own.until_heard("access.changed", before[0])
            await ear.until_heard("access.changed", before[1])
            mine, theirs = own.heard[before[0] :], ear.heard[before[1] :]
            return folders_of(mine), folders_of(theirs)

        await told(asyncio.sleep(0))  # what was published before may be heard late
        made = await told(make(owner, "new", inner))
        assert made == ({inner}, {inner})
        rename = owner.call("PATCH", f"/folders/{shared}", json={"name": "other"})
        assert await told(rename) == ({None, shared}, {shared})
        rename = owner.call("PATCH", f"/files/{file['id']}", json={"name": "b"})
        assert await told(rename) == ({inner}, {inner})
        move = {"action": "move", "files": [file["id"]], "folder_id": shared}
        assert await told(owner.call("POST", "/batch", json=move)) == (
            {inner, shared},
            {inner, shared},
        )
        out = owner.call("PATCH", f"/folders/{inner}", json={"parent_id": None})
        assert await told(out) == ({None, shared, inner}, {shared})
        assert await told(owner.call("POST", f"/folders/{inner}/trash")) == ({None, inner}, set())
        away = owner.call("POST", f"/folders/{shared}/trash")
        assert await told(away) == ({None, shared}, {shared})
    assert strange.heard == []


def folders_of(heard: list[dict[str, Any]]) -> set[str | None]:
    return {news["folder_id"] for news in heard if news["type"] == "folder.changed"}


async def publish(storage: Storage) -> None:
    """Publish all that waits."""
    pool, redis = await connect(storage.database.storage), open_redis(storage.shared.redis_url)
    while await Relay(pool, redis).publish_waiting():
        pass
    await redis.aclose()
    await pool.close()


async def test_many_that_are_moved_tell_each_folder_once(storage: Storage) -> None:
    owner = somebody(storage)
    one, other = await make(owner, "one"), await make(owner, "other")
    files = [(await owner.upload(f"{number}", b"1", folder_id=one))["id"] for number in range(9)]
    await publish(storage)
    async with listening(storage, owner) as ear:
        move = {"action": "move", "files": files, "folder_id": other}
        await owner.call("POST", "/batch", json=move)
        await publish(storage)
        await share(owner, f"folders/{one}", somebody(storage))
        await publish(storage)
        await ear.until_heard("access.changed", 0)
    # That the folders were made may be heard late.
    told = [news.get("folder_id") for news in ear.heard if news["type"] == "folder.changed"]
    assert sorted(filter(None, told)) == sorted([one, other])
