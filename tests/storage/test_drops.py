"""File requests: made by their owners, filled by anybody, closed when they are full or ended."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from services.storage.receiving.give_up import GIVEN_UP
from services.storage.relay.publish import Relay
from shared.events import FILES_STREAM, NEWS_STREAM
from shared.redis import open_redis
from tests.storage.conftest import EVERYTHING, Person, Storage, make_token, put
from tests.storage.foldering import make
from tests.storage.guests import Guest
from tests.storage.listening import listening
from tests.storage.parts import open_parts
from tests.storage.racing import do_before
from tests.storage.sending import put_parts
from tests.world.calm import PATIENCE_SECONDS
from tests.world.places import BOSTON

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from shared.db import Pool
    from tests.storage.parts import Parts

PASSWORD = "tea at four"
RIGHTS = f"{EVERYTHING} drops.create"
MEBIBYTE = 1024 * 1024
FEW = 5
STOP_AT_DROPS = """
CREATE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(1);
    RETURN NEW;
END
$$;
CREATE TRIGGER wait_for_test BEFORE UPDATE ON storage.drops
    FOR EACH ROW EXECUTE FUNCTION wait_for_test()
"""
COUNT_WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@asynccontextmanager
async def waiting_for_a_test(pool: Pool) -> AsyncIterator[Callable[[int], Awaitable[None]]]:
    """Stop at STOP_AT_DROPS until so many wait for each other, or for this."""
    async with pool.acquire() as db, db.transaction():
        await db.execute("SELECT pg_advisory_xact_lock(1)")

        async def wait_for(count: int) -> None:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while await pool.fetchval(COUNT_WAITING) < count:
                    await asyncio.sleep(0.01)

        yield wait_for


@pytest.fixture
def owner(storage: Storage) -> Person:
    person = storage.person()
    person.token = make_token(person.id, person.session_id, scope=RIGHTS)
    return person


@pytest.fixture
def guest(storage: Storage) -> Guest:
    return Guest(storage.client, storage.document)


async def ask(owner: Person, **terms: Any) -> tuple[dict[str, Any], str]:
    """Ask for files into a folder that is made; the request and its address."""
    folder_id = terms.pop("folder_id", None) or await make(owner, f"in {uuid.uuid4()}")
    body = {"folder_id": folder_id, "title": "Photos of May", **terms}
    drop = await owner.call("POST", "/drops", 201, json=body)
    return drop, f"/d/{drop['url'].rpartition('/')[2]}"


async def send(
    guest: Guest, address: str, name: str, content: bytes, **more: Any
) -> dict[str, Any]:
    """Send a file whole; the answer to `complete`."""
    body = {"name": name, "size": len(content), **more}
    started = await guest.call("POST", f"{address}/uploads", 201, json=body)
    assert await put(started, content) == 200
    path = f"{address}/uploads/{started['id']}/complete"
    return dict(await guest.call("POST", path, json={}))


async def names_in(owner: Person, folder_id: str) -> list[str]:
    listed = await owner.call("GET", f"/files?folder_id={folder_id}&sort=name&order=asc")
    return [item["name"] for item in listed["items"]]


async def test_anybody_sends_files_by_a_request(owner: Person, guest: Guest) -> None:
    drop, address = await ask(owner, message="All of them, please", max_files=5, max_bytes=1000)
    assert (len(address), drop["has_password"], drop["files"]) == (46, False, 0)
    seen = await guest.call("GET", address)
    assert seen == {
        "title": "Photos of May",
        "message": "All of them, please",
        "needs_password": False,
        "expires_at": None,
        "max_files": 5,
        "max_bytes": 1000,
        "is_full": False,
        "max_file_bytes": 1000,
    }
    guest.fake_ip = BOSTON
    sent = await send(guest, address, "отчёт.txt", b"from afar", sender=" Ann Lee ")
    assert sent == {
        "name": "отчёт.txt",
        "size": 9,
        "content_type": "application/octet-stream",
        "state": "stored",
    }
    assert await names_in(owner, drop["folder_id"]) == ["отчёт.txt"]
    (listed,) = (await owner.call("GET", "/drops"))["items"]
    assert (listed["files"], listed["bytes"], listed["url"]) == (1, 9, None)
    assert listed["last_received_at"] is not None
    history = (await owner.call("GET", "/actions?event=DROP.UPLOAD"))["items"]
    assert [line["data"]["sender"] for line in history] == ["Ann Lee"]
    (line,) = history
    assert (line["link_id"], line["user_id"], line["place"]) == (drop["id"], None, "Boston")
    assert line["data"]["name"] == "отчёт.txt"


async def test_a_request_is_changed_only_as_it_was_read(owner: Person) -> None:
    body = {"folder_id": await make(owner, "in"), "title": "one"}
    made = await owner.tag_of("POST", "/drops", json=body)
    (drop,) = (await owner.call("GET", "/drops"))["items"]
    path = f"/drops/{drop['id']}"
    assert (await owner.change_if(path, made, 200, title="two"))["title"] == "two"
    assert (await owner.change_if(path, made, 412, title="three"))["code"] == "PRECONDITION_FAILED"
    new = await owner.tag_of("PATCH", path, json={"title": "four"})
    assert (await owner.change_if(path, new, 200, title="five"))["title"] == "five"


async def test_the_token_is_shown_once(owner: Person) -> None:
    _, address = await ask(owner)
    token = address.removeprefix("/d/")
    assert token not in str(await owner.call("GET", "/drops"))
    assert token not in str(await owner.call("GET", "/actions"))


async def test_names_never_collide_and_nobody_sees_it(owner: Person, guest: Guest) -> None:
    folder_id = await make(owner, "in")
    await owner.upload("a.txt", b"mine", folder_id=folder_id)
    await make(owner, "b.txt", folder_id)
    _, address = await ask(owner, folder_id=folder_id)
    assert (await send(guest, address, "a.txt", b"theirs"))["name"] == "a.txt"
    assert (await send(guest, address, "b.txt", b"theirs"))["name"] == "b.txt"
    names = await names_in(owner, folder_id)
    assert names == ["a (2).txt", "a.txt", "b (2).txt"]


async def test_thirty_of_one_name_at_once(owner: Person, guest: Guest) -> None:
    drop, address = await ask(owner)
    await asyncio.gather(*(send(guest, address, "scan.pdf", b"x") for _ in range(30)))
    assert len(set(await names_in(owner, drop["folder_id"]))) == 30


@pytest.mark.parametrize(("senders", "room"), [(3, 1), (30, 10)])
async def test_no_more_is_let_in_than_it_takes(
    owner: Person, guest: Guest, senders: int, room: int
) -> None:
    drop, address = await ask(owner, max_files=room)

    async def start(number: int) -> int:
        body = {"name": f"{number}", "size": 1}
        return await guest.status("POST", f"{address}/uploads", json=body)

    found = await asyncio.gather(*(start(number) for number in range(senders)))
    assert sorted(found) == [201] * room + [409] * (senders - room)
    refused = await guest.call("POST", f"{address}/uploads", 409, json={"name": "x", "size": 1})
    assert (refused["code"], refused["max_files"]) == ("DROP_FULL", room)
    assert (await guest.call("GET", address))["is_full"] is True
    await owner.call("PATCH", f"/drops/{drop['id']}", json={"max_files": None})
    await send(guest, address, "one more", b"x")


async def test_bytes_of_all_senders_are_counted_together(owner: Person, guest: Guest) -> None:
    drop, address = await ask(owner, max_bytes=10)

    async def start(number: int) -> int:
        body = {"name": f"{number}", "size": 4}
        return await guest.status("POST", f"{address}/uploads", json=body)

    found = await asyncio.gather(*(start(number) for number in range(8)))
    assert sorted(found) == [201] * 2 + [409] * 6
    await send(guest, address, "the rest", b"12")
    (listed,) = (await owner.call("GET", "/drops"))["items"]
    assert (listed["id"], listed["bytes"], listed["files"]) == (drop["id"], 10, 3)


async def test_what_arrives_while_it_is_given_up_is_not_told_to_be_gone(
    owner: Person, guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop, address = await ask(owner)
    body = {"name": "a", "size": 3}
    started = await guest.call("POST", f"{address}/uploads", 201, json=body)
    assert await put(started, b"abc") == 200
    path = f"{address}/uploads/{started['id']}"

    async def complete() -> None:
        await guest.call("POST", f"{path}/complete", json={})

    do_before(monkeypatch, "services.storage.uploads.abort.drop_upload", complete)
    assert (await guest.call("DELETE", path, 409))["code"] == "UPLOAD_FINISHED"
    assert await names_in(owner, drop["folder_id"]) == ["a"]


@pytest.mark.parametrize("what", ["start", "complete", "give up"])
async def test_nobody_waits_in_a_circle_for_what_is_deleted_while_it_arrives(
    owner: Person, guest: Guest, owner_pool: Pool, what: str
) -> None:
    drop, address = await ask(owner)
    await guest.call("POST", f"{address}/uploads", 201, json={"name": "deleted", "size": 3})
    find = "SELECT id FROM storage.files WHERE name = 'deleted'"
    file_id = await owner_pool.fetchval(find)
    started = await guest.call("POST", f"{address}/uploads", 201, json={"name": "a", "size": 3})
    assert await put(started, b"abc") == 200
    path = f"{address}/uploads/{started['id']}"
    calls = {
        "start": ("POST", f"{address}/uploads", 201, {"name": "b", "size": 3}),
        "complete": ("POST", f"{path}/complete", 200, {}),
        "give up": ("DELETE", path, 204, None),
    }
    method, where, status, body = calls[what]
    await owner_pool.execute(STOP_AT_DROPS)
    async with asyncio.TaskGroup() as tasks, waiting_for_a_test(owner_pool) as waits_for:
        tasks.create_task(guest.call(method, where, status, json=body))
        await waits_for(1)
        tasks.create_task(owner.call("DELETE", f"/files/{file_id}", 204))
        await waits_for(2)
    (listed,) = (await owner.call("GET", "/drops"))["items"]
    assert (listed["id"], listed["files"]) == (drop["id"], {"start": 2, "complete": 1}.get(what, 0))
    await owner.call("GET", f"/files/{file_id}", 404)


async def test_deletions_of_what_arrives_by_several_requests_take_turns(
    owner: Person, guest: Guest, owner_pool: Pool
) -> None:
    addresses = [(await ask(owner))[1] for _ in range(2)]
    batches: list[list[str]] = []
    for order in (addresses, addresses[::-1]):
        for address in order:
            body = {"name": f"{len(batches)}", "size": 3}
            await guest.call("POST", f"{address}/uploads", 201, json=body)
        find = "SELECT id::text FROM storage.files WHERE name = $1"
        rows = await owner_pool.fetch(find, f"{len(batches)}")
        batches.append([row["id"] for row in rows])
    await owner_pool.execute(STOP_AT_DROPS)
    async with asyncio.TaskGroup() as tasks, waiting_for_a_test(owner_pool) as waits_for:
        for files in batches:
            body = {"action": "delete", "files": files}
            tasks.create_task(owner.call("POST", "/batch", json=body))
        await waits_for(2)
    assert [drop["files"] for drop in (await owner.call("GET", "/drops"))["items"]] == [0, 0]


async def test_what_is_given_up_makes_room(owner: Person, guest: Guest) -> None:
    _, address = await ask(owner, max_files=1)
    body = {"name": "a", "size": 3}
    started = await guest.call("POST", f"{address}/uploads", 201, json=body)
    await guest.call("POST", f"{address}/uploads", 409, json=body)
    await guest.call("DELETE", f"{address}/uploads/{started['id']}", 204)
    (listed,) = (await owner.call("GET", "/drops"))["items"]
    assert (listed["files"], listed["bytes"]) == (0, 0)
    sent = await guest.call("POST", f"{address}/uploads", 201, json=body)
    assert await put(sent, b"abc") == 200
    await guest.call("POST", f"{address}/uploads/{sent['id']}/complete", json={})
    # What was received counts also after its owner has deleted it.
    file = (await owner.call("GET", "/files"))["items"][0]
    await owner.call("DELETE", f"/files/{file['id']}", 204)
    await guest.call("POST", f"{address}/uploads", 409, json=body)


@pytest.fixture
def few_for_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a few uploads that came to nothing the next wait as long as any."""
    rule = replace(GIVEN_UP, free=FEW, first=GIVEN_UP.longest)
    monkeypatch.setattr("services.storage.receiving.give_up.GIVEN_UP", rule)


@pytest.mark.usefixtures("few_for_free")
async def test_who_gives_up_again_and_again_waits(owner: Person, guest: Guest) -> None:
    _, address = await ask(owner, max_files=2)
    other = Guest(guest.client, guest.document, BOSTON)

    async def give_up(who: Guest) -> int:
        body = {"name": "a", "size": 3}
        started = await who.call("POST", f"{address}/uploads", 201, json=body)
        return await who.status("DELETE", f"{address}/uploads/{started['id']}")

    told = [await give_up(guest) for _ in range(FEW + 1)]
    assert told == [204] * (FEW + 1)
    assert await give_up(guest) == 429
    # What he may not give up keeps its room; others come in.
    for _ in range(FEW):
        assert await give_up(other) == 204
    await send(other, address, "b", b"abc")
    await guest.call("POST", f"{address}/uploads", 409, json={"name": "a", "size": 3})
    history = (await owner.call("GET", "/actions?event=DROP.UPLOAD"))["items"]
    assert len(history) == 2 * FEW + 3


@pytest.mark.usefixtures("few_for_free")
async def test_who_sends_what_is_of_no_use_waits(owner: Person, guest: Guest) -> None:
    _, address = await ask(owner, max_files=1)
    body = {"name": "a", "size": 3, "parts": True, "sha256": hashlib.sha256(b"xyz").hexdigest()}

    async def send_useless() -> int:
        started = await guest.call("POST", f"{address}/uploads", 201, json=body)
        told = {"parts": await put_parts(started, b"abc")}
        return await guest.status("POST", f"{address}/uploads/{started['id']}/complete", json=told)

    told = [await send_useless() for _ in range(FEW + 1)]
    assert told == [409] * (FEW + 1)
    assert await send_useless() == 429
    await guest.call("POST", f"{address}/uploads", 409, json=body)


async def test_the_quota_of_the_owner_counts(owner: Person, guest: Guest, storage: Storage) -> None:
    chief = storage.person()
    chief.token = make_token(chief.id, chief.session_id, scope="quotas.change")
    await chief.call("PUT", f"/admin/quotas/{owner.id}", json={"max_bytes": 5})
    _, address = await ask(owner)
    body = {"name": "a", "size": 6}
    refused = await guest.call("POST", f"{address}/uploads", 413, json=body)
    assert refused["code"] == "QUOTA_EXCEEDED"
    assert not {"max_bytes", "used_bytes", "left_bytes"} & refused.keys()
    await send(guest, address, "a", b"12345")


async def test_a_broken_upload_goes_on(owner: Person, guest: Guest) -> None:
    _, address = await ask(owner, password=PASSWORD)
    opened = await guest.call("POST", f"{address}/open", json={"password": PASSWORD})
    shown = {"X-Link-Pass": opened["pass"]}
    content = bytes(5 * MEBIBYTE) + b"the end"
    body = {"name": "film.mkv", "size": len(content), "parts": True}
    await guest.call("POST", f"{address}/uploads", 401, json=body)
    started = await guest.call("POST", f"{address}/uploads", 201, json=body, headers=shown)
    path = f"{address}/uploads/{started['id']}"
    missing = await guest.call("POST", f"{path}/complete", 409, json={}, headers=shown)
    assert missing["code"] == "UPLOAD_INCOMPLETE"
    progress = await guest.call("GET", path, headers=shown)
    assert (progress["name"], progress["received"]) == ("film.mkv", [])
    assert not {"file_id", "version", "folder"} & progress.keys()
    numbers = [part["number"] for part in started["parts"]]
    signed = await guest.call("POST", f"{path}/parts", json={"numbers": numbers}, headers=shown)
    await put_parts(started, content, signed["parts"])
    received = (await guest.call("GET", path, headers=shown))["received"]
    assert [part["number"] for part in received] == numbers
    done = await guest.call("POST", f"{path}/complete", json={}, headers=shown)
    assert (done["name"], done["size"]) == ("film.mkv", len(content))
    assert (await guest.call("POST", f"{path}/complete", json={}, headers=shown)) == done
    await guest.call("GET", path, 401)


async def test_an_upload_is_only_there_for_its_request(owner: Person, guest: Guest) -> None:
    _, first = await ask(owner)
    _, second = await ask(owner)
    started = await guest.call("POST", f"{first}/uploads", 201, json={"name": "a", "size": 1})
    own = await owner.upload("mine", b"x", complete=False)
    for address, upload in ((second, started), (first, own), (second, own)):
        path = f"{address}/uploads/{upload['id']}"
        for method, end, body in (
            ("GET", "", None),
            ("DELETE", "", None),
            ("POST", "/parts", {"numbers": [1]}),
            ("POST", "/complete", {}),
        ):
            refused = await guest.call(method, f"{path}{end}", 404, json=body)
            assert refused["code"] == "UPLOAD_NOT_FOUND"


async def test_what_is_broken_is_not_called_full(
    owner: Person, guest: Guest, owner_pool: Pool
) -> None:
    _, address = await ask(owner, max_files=5)
    await owner_pool.execute("ALTER TABLE storage.versions ALTER declared_sha256 SET NOT NULL")
    refused = await guest.call("POST", f"{address}/uploads", 500, json={"name": "a", "size": 1})
    assert refused["code"] == "INTERNAL"


async def test_an_ended_request_looks_like_none(owner: Person, guest: Guest) -> None:
    drop, address = await ask(owner)
    started = await guest.call("POST", f"{address}/uploads", 201, json={"name": "a", "size": 1})
    await owner.call("DELETE", f"/drops/{drop['id']}", 204)
    unknown = await guest.call("POST", f"/d/{'x' * 43}/open", 404, json={})
    new = {"name": "b", "size": 1}
    for refused in (
        await guest.call("GET", address, 404),
        await guest.call("POST", f"{address}/open", 404, json={}),
        await guest.call("POST", f"{address}/uploads", 404, json=new),
        await guest.call("GET", f"{address}/uploads/{started['id']}", 404),
        await guest.call("POST", f"{address}/uploads/{started['id']}/complete", 404, json={}),
    ):
        assert {**refused, "request_id": ""} == {**unknown, "request_id": ""}
    await owner.call("DELETE", f"/drops/{drop['id']}", 404)
    await owner.call("PATCH", f"/drops/{drop['id']}", 404, json={"title": "x"})
    assert (await owner.call("GET", "/drops"))["items"] == []


async def test_an_expired_request_says_so(owner: Person, guest: Guest) -> None:
    drop, address = await ask(owner, lifetime_seconds=1)
    async with asyncio.timeout(20):
        while await guest.status("GET", address) == 200:
            await asyncio.sleep(0.1)
    body = {"name": "a", "size": 1}
    refused = await guest.call("POST", f"{address}/uploads", 410, json=body)
    assert refused["code"] == "DROP_EXPIRED"
    await owner.call("PATCH", f"/drops/{drop['id']}", json={"lifetime_seconds": 60})
    await send(guest, address, "a", b"a")


async def test_guessing_slows_only_the_guesser(owner: Person, guest: Guest) -> None:
    drop, address = await ask(owner, password=PASSWORD)
    assert (await guest.call("GET", address))["needs_password"] is True
    guesser = Guest(guest.client, guest.document, "100.2.0.1")
    found = [
        await guesser.status("POST", f"{address}/open", json={"password": f"guess {number}"})
        for number in range(12)
    ]
    assert found[:5] == [401] * 5
    assert found[-1] == 429
    opened = await guest.call("POST", f"{address}/open", json={"password": PASSWORD})
    (listed,) = (await owner.call("GET", "/drops"))["items"]
    assert listed["wrong_passwords"] == found.count(401)
    events = (await owner.call("GET", "/actions?event=DROP.REFUSE"))["items"]
    assert len(events) == found.count(401)
    # A changed password ends what was opened under the old one.
    await owner.call("PATCH", f"/drops/{drop['id']}", json={"password": "coffee at nine"})
    shown = {"X-Link-Pass": opened["pass"]}
    body = {"name": "a", "size": 1}
    await guest.call("POST", f"{address}/uploads", 401, json=body, headers=shown)


async def test_a_request_sleeps_while_its_folder_is_in_the_trash(
    owner: Person, guest: Guest
) -> None:
    above = await make(owner, "above")
    drop, address = await ask(owner, folder_id=await make(owner, "in", above))
    await owner.call("POST", f"/folders/{above}/trash")
    assert (await guest.call("GET", address, 404))["code"] == "DROP_NOT_FOUND"
    body = {"name": "a", "size": 1}
    await guest.call("POST", f"{address}/uploads", 404, json=body)
    await owner.call("POST", f"/folders/{above}/restore", json={})
    await send(guest, address, "a", b"a")
    await owner.call("DELETE", f"/folders/{above}", 204)
    await guest.call("GET", address, 404)
    assert (await owner.call("GET", "/drops"))["items"][0]["folder_name"] is None
    refused = await owner.call(
        "POST", "/drops", 404, json={"folder_id": drop["folder_id"], "title": "x"}
    )
    assert refused["code"] == "FOLDER_NOT_FOUND"


async def test_a_request_sleeps_while_its_owner_is_switched_off(
    owner: Person, guest: Guest, owner_pool: Pool
) -> None:
    _, address = await ask(owner)
    await owner_pool.execute(
        "INSERT INTO storage.erasures (owner_id, version, is_off) VALUES ($1, 1, true)", owner.id
    )
    assert (await guest.call("GET", address, 404))["code"] == "DROP_NOT_FOUND"
    await guest.call("POST", f"{address}/uploads", 404, json={"name": "a", "size": 1})
    await owner_pool.execute("UPDATE storage.erasures SET is_off = false")
    await send(guest, address, "a", b"a")


async def test_another_person_asks_and_ends_nothing(owner: Person, storage: Storage) -> None:
    drop, _ = await ask(owner)
    stranger = storage.person()
    stranger.token = make_token(stranger.id, stranger.session_id, scope=RIGHTS)
    body = {"folder_id": drop["folder_id"], "title": "x"}
    await stranger.call("POST", "/drops", 404, json=body)
    await stranger.call("PATCH", f"/drops/{drop['id']}", 404, json={"title": "mine"})
    await stranger.call("DELETE", f"/drops/{drop['id']}", 404)
    assert (await stranger.call("GET", "/drops"))["items"] == []


async def test_administrators_see_and_end_them(
    owner: Person, guest: Guest, storage: Storage
) -> None:
    chief = storage.person()
    chief.token = make_token(chief.id, chief.session_id, scope="links.admin")
    drop, address = await ask(owner)
    strict = {"public": True, "longest_lifetime_seconds": 60, "password_required": True}
    await chief.call("PUT", "/admin/link-settings", json=strict)
    body = {"folder_id": drop["folder_id"], "title": "x"}
    refused = await owner.call("POST", "/drops", 422, json=body)
    assert set(refused["errors"]) == {"password", "expires_at"}
    await chief.call("PUT", "/admin/link-settings", json={**strict, "public": False})
    await guest.call("GET", address, 404)
    await chief.call("PUT", "/admin/link-settings", json=strict)
    await guest.call("GET", address)
    listed = await chief.call("GET", f"/admin/links?user_id={owner.id}")
    assert [one["id"] for one in listed["requests"]] == [drop["id"]]
    ended = await chief.call("POST", "/admin/links/revoke", json={"user_id": str(owner.id)})
    assert ended == {"links": 0, "requests": 1}
    await guest.call("GET", address, 404)


@pytest.mark.parametrize(
    "terms",
    [
        {"title": ""},
        {"title": "x" * 101},
        {"message": "x" * 2001},
        {"max_files": 0},
        {"max_bytes": 0},
        {"lifetime_seconds": 0},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"password": ""},
    ],
)
async def test_bad_terms_are_named(owner: Person, terms: dict[str, Any]) -> None:
    body = {"folder_id": await make(owner, "in"), "title": "x", **terms}
    refused = await owner.call("POST", "/drops", 422, json=body)
    assert set(refused["errors"]) <= set(terms)


async def test_senders_choose_neither_folder_nor_version(owner: Person, guest: Guest) -> None:
    _, address = await ask(owner)
    for more in ({"folder": "/"}, {"folder_id": None}, {"on_conflict": "version"}):
        body = {"name": "a", "size": 1, **more}
        await guest.call("POST", f"{address}/uploads", 422, json=body)
    for name in ("../a", "a/b", "..", "\u202eexe.txt"):
        await guest.call("POST", f"{address}/uploads", 422, json={"name": name, "size": 1})


async def test_the_owner_hears_of_it_live(owner: Person, guest: Guest, storage: Storage) -> None:
    drop, address = await ask(owner)
    async with listening(storage, owner) as ear, open_parts(storage) as parts:
        await send(guest, address, "a", b"a")
        redis = open_redis(storage.shared.redis_url)
        await Relay(parts.pool, redis).publish_waiting()
        await redis.aclose()
        await ear.until(2)
    (heard,) = [one for one in ear.heard if one["type"] == "drop.received"]
    assert heard["drop_id"] == drop["id"]


async def test_the_relay_tells_live_pages_only(
    owner: Person, guest: Guest, storage: Storage, parts: Parts
) -> None:
    drop, address = await ask(owner)
    body = {"name": "a", "size": 1}
    started = await guest.call("POST", f"{address}/uploads", 201, json=body)
    assert await put(started, b"a") == 200
    # Nobody calls `complete`: whoever notices the bytes tells the request of it.
    await parts.store(started)
    redis = open_redis(storage.shared.redis_url)
    await Relay(parts.pool, redis).publish_waiting()
    told: dict[str, list[dict[str, str]]] = {}
    for stream in (FILES_STREAM, NEWS_STREAM):
        entries: Any = await redis.xrange(stream)
        told[stream] = [fields for _, fields in entries]
    await redis.aclose()
    assert [entry["type"] for entry in told[FILES_STREAM]] == ["FILE.STORED"]
    (entry,) = [one for one in told[NEWS_STREAM] if one["type"] != "FOLDER.CHANGED"]
    assert entry["type"] == "DROP.RECEIVED"
    assert (entry["drop_id"], entry["owner_id"]) == (drop["id"], str(owner.id))
    (listed,) = (await owner.call("GET", "/drops"))["items"]
    assert listed["last_received_at"] is not None
