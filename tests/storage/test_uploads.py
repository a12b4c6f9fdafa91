"""Uploads: from the request to a STORED version, and everything bad on the way."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from services.storage.uploads import settle
from shared.db import connect
from shared.signer import presign
from shared.stores import stores
from tests.storage.conftest import Storage, put
from tests.storage.parts import sweep_once
from tests.storage.racing import do_before
from tests.world.cities import City, hook_secret
from tests.world.places import BOSTON, JOBURG, NOWHERE, TOKYO


@pytest.mark.parametrize(
    ("address", "server"),
    [(BOSTON, "new-york"), (TOKYO, "vladivostok"), (JOBURG, "cape-town")],
)
async def test_upload_goes_to_the_nearest_city(storage: Storage, address: str, server: str) -> None:
    person = storage.person(address)
    started = await person.call("POST", "/uploads", 201, json={"name": "a.txt", "size": 5})
    assert started["server"]["name"] == server
    node = storage.servers[server]
    assert urlsplit(started["url"]).netloc == urlsplit(node.public_endpoint).netloc
    assert started["file"]["state"] == "pending"
    assert await put(started, b"hello") == 200
    file = await person.call("POST", f"/uploads/{started['id']}/complete")
    assert file["state"] == "stored"
    assert file["replicas"]["servers"][server] == "ready"
    assert file["replicas"]["wanted"] == 3
    (key,) = await storage.keys(server)
    assert key.startswith("object-")


@pytest.mark.parametrize("content", [b"", b"x" * 1024, b"y" * 3_000_000])
@pytest.mark.parametrize("name", ["plain.txt", "отчёт за год.pdf", "図書館 🎉.png"])
async def test_any_size_and_name_is_stored(storage: Storage, name: str, content: bytes) -> None:
    person = storage.person(BOSTON)
    digest = hashlib.sha256(content).hexdigest()
    file = await person.upload(name, content, sha256=digest, content_type="text/plain")
    assert (file["name"], file["size"], file["sha256"]) == (name, len(content), digest)
    link = await person.call("GET", f"/files/{file['id']}/download")
    async with aiohttp.ClientSession() as session, session.get(link["url"]) as answer:
        assert await answer.read() == content


async def test_completing_twice_and_at_once_is_one_upload(storage: Storage) -> None:
    person = storage.person(BOSTON)
    started = await person.upload("a", b"abc", complete=False)
    path = f"/uploads/{started['id']}/complete"
    files = await asyncio.gather(*(person.call("POST", path) for _ in range(8)))
    assert len({file["id"] for file in files}) == 1
    assert (await person.call("POST", path))["state"] == "stored"
    assert len(await storage.keys("new-york")) == 1
    pool = await connect(storage.database.owner)
    assert await pool.fetchval("SELECT count(*) FROM storage.outbox") == 1
    await pool.close()


async def test_complete_before_the_bytes_are_there(storage: Storage) -> None:
    person = storage.person(BOSTON)
    started = await person.call("POST", "/uploads", 201, json={"name": "a", "size": 5})
    problem = await person.call("POST", f"/uploads/{started['id']}/complete", 409)
    assert problem["code"] == "UPLOAD_INCOMPLETE"
    assert await put(started, b"12345") == 200
    await person.call("POST", f"/uploads/{started['id']}/complete")


@pytest.mark.parametrize("content", [b"1234", b"123456", b""])
async def test_another_size_than_announced_is_refused_by_the_server(
    storage: Storage, content: bytes
) -> None:
    person = storage.person(BOSTON)
    started = await person.call("POST", "/uploads", 201, json={"name": "a", "size": 5})
    assert await put(started, content) == 403
    assert await storage.keys("new-york") == []


async def test_another_type_or_key_than_signed_is_refused(storage: Storage) -> None:
    person = storage.person(BOSTON)
    started = await person.call("POST", "/uploads", 201, json={"name": "a", "size": 5})
    assert await put(started, b"12345", content_type="text/html") == 403
    other = dict(started, url=started["url"].replace("incoming-", "object-"))
    assert await put(other, b"12345") == 403


@pytest.mark.parametrize(("age", "status"), [(800, 200), (1000, 400)])
async def test_an_expired_url_is_refused(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, age: int, status: int
) -> None:
    """Both are signed right; one is too old for rclone, which says 400 where others say 403."""
    signed_at = datetime.now(UTC) - timedelta(seconds=age)
    monkeypatch.setattr(stores, "presign", partial(presign, now=signed_at))
    started = await storage.person(BOSTON).call(
        "POST", "/uploads", 201, json={"name": "a", "size": 5}
    )
    assert await put(started, b"12345") == status


async def test_a_replayed_url_changes_nothing(storage: Storage) -> None:
    person = storage.person(BOSTON)
    started = await person.upload("a", b"first", complete=False)
    file = await person.call("POST", f"/uploads/{started['id']}/complete")
    await put(started, b"other")
    link = await person.call("GET", f"/files/{file['id']}/download")
    async with aiohttp.ClientSession() as session, session.get(link["url"]) as answer:
        assert await answer.read() == b"first"


async def test_wrong_checksum_is_refused_and_nothing_is_left(storage: Storage) -> None:
    person = storage.person(BOSTON)
    started = await person.upload("a", b"12345", complete=False, sha256="0" * 64)
    problem = await person.call("POST", f"/uploads/{started['id']}/complete", 409)
    assert problem["code"] == "CHECKSUM_MISMATCH"
    assert await storage.keys("new-york") == []


async def test_the_checksum_of_a_large_object_is_left_to_its_first_copy(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settle, "READ_AT_ONCE_BYTES", 4)
    file = await storage.person(BOSTON).upload("a", b"12345", sha256="0" * 64)
    assert (file["state"], file["sha256"], file["durable"]) == ("stored", None, False)


async def test_same_name_makes_a_new_version_and_never_mixes_bytes(storage: Storage) -> None:
    person = storage.person(BOSTON)
    one = await person.upload("a", b"one")
    two = await person.upload("a", b"two!")
    assert one["id"] == two["id"]
    assert (one["version"], two["version"], two["size"]) == (1, 2, 4)
    for version, content in ((1, b"one"), (2, b"two!")):
        link = await person.call("GET", f"/files/{one['id']}/download?version={version}")
        async with aiohttp.ClientSession() as session, session.get(link["url"]) as answer:
            assert await answer.read() == content


async def test_versions_finished_out_of_order_leave_the_newest_current(storage: Storage) -> None:
    person = storage.person(BOSTON)
    first = await person.upload("a", b"1", complete=False)
    second = await person.upload("a", b"22", complete=False)
    await person.call("POST", f"/uploads/{second['id']}/complete")
    file = await person.call("POST", f"/uploads/{first['id']}/complete")
    assert (file["version"], file["size"]) == (2, 2)


async def test_twenty_uploads_of_one_name_at_once(storage: Storage) -> None:
    person = storage.person(BOSTON)
    contents = [f"content {number}".encode() * (number + 1) for number in range(20)]
    await asyncio.gather(*(person.upload("same", content) for content in contents))
    page = await person.call("GET", "/files")
    assert len(page["items"]) == 1
    assert page["items"][0]["version"] == 20
    for version in range(1, 21):
        link = await person.call(
            "GET", f"/files/{page['items'][0]['id']}/download?version={version}"
        )
        async with aiohttp.ClientSession() as session, session.get(link["url"]) as answer:
            assert await answer.read() in contents


BAD_BODIES: list[tuple[Any, str]] = [
    ({}, "name"),
    ({"name": "a"}, "size"),
    ({"name": "a", "size": -1}, "size"),
    ({"name": "a", "size": 1.5}, "size"),
    ({"name": "a", "size": "many"}, "size"),
    ({"name": "a", "size": True}, "size"),
    ({"name": "a", "size": 10**30}, "size"),
    ({"name": 5, "size": 1}, "name"),
    ({"name": "", "size": 1}, "name"),
    ({"name": "../x", "size": 1}, "name"),
    ({"name": "a\r\nb", "size": 1}, "name"),
    ({"name": "x" * 300, "size": 1}, "name"),
    ({"name": "exe.\u202efdp", "size": 1}, "name"),
    ({"name": "a", "size": 1, "folder": "x"}, "folder"),
    ({"name": "a", "size": 1, "folder": "/../x"}, "folder"),
    ({"name": "a", "size": 1, "sha256": "zz"}, "sha256"),
    ({"name": "a", "size": 1, "content_type": "text"}, "content_type"),
    ({"name": "a", "size": 1, "content_type": "text/html\r\nX: y"}, "content_type"),
    ({"name": "a", "size": 1, "bogus": 1}, "bogus"),
]


REQUIRED = {"name", "size"}


@pytest.mark.parametrize(("body", "field"), BAD_BODIES)
async def test_bad_fields_are_named(storage: Storage, body: Any, field: str) -> None:
    problem = await storage.person(BOSTON).call("POST", "/uploads", 422, json=body)
    assert problem["code"] == "VALIDATION_FAILED"
    assert field in problem["errors"]
    assert set(problem["errors"]) <= {field, *REQUIRED - body.keys()}


async def test_too_large_a_file_is_refused(storage: Storage) -> None:
    body = {"name": "a", "size": 11 * 1024**2}
    problem = await storage.person(BOSTON).call("POST", "/uploads", 413, json=body)
    assert problem["code"] == "FILE_TOO_LARGE"
    assert problem["limit"] == 10 * 1024**2


@pytest.mark.parametrize("address", ["not-an-ip", "fe80::1%eth0", "::1%\u00e9"])
async def test_a_bad_fake_address_is_refused(storage: Storage, address: str) -> None:
    body = {"name": "a", "size": 1}
    problem = await storage.person(address).call("POST", "/uploads", 400, json=body)
    assert "X-Fake-IP" in problem["detail"]


async def test_an_unknown_place_still_gets_a_server(storage: Storage) -> None:
    body = {"name": "a", "size": 1}
    started = await storage.person(NOWHERE).call("POST", "/uploads", 201, json=body)
    assert started["distance_km"] is None


async def test_another_person_sees_no_upload(storage: Storage) -> None:
    started = await storage.person(BOSTON).upload("a", b"1", complete=False)
    other = storage.person(BOSTON)
    for method, path in (("GET", ""), ("POST", "/complete"), ("DELETE", "")):
        problem = await other.call(method, f"/uploads/{started['id']}{path}", 404)
        assert problem["code"] == "UPLOAD_NOT_FOUND"


async def test_what_ends_while_it_is_given_up_is_not_told_to_be_gone(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = storage.person(BOSTON)
    started = await person.upload("a.txt", b"abc", complete=False)

    async def complete() -> None:
        await person.call("POST", f"/uploads/{started['id']}/complete")

    calls = do_before(monkeypatch, "services.storage.uploads.abort.drop_upload", complete)
    problem = await person.call("DELETE", f"/uploads/{started['id']}", 409)
    assert (problem["code"], len(calls)) == ("UPLOAD_FINISHED", 1)
    assert (await person.call("GET", f"/files/{started['file']['id']}"))["state"] == "stored"


async def test_abort_forgets_the_file_and_its_bytes(storage: Storage) -> None:
    person = storage.person(BOSTON)
    started = await person.upload("a", b"1", complete=False)
    assert [item["id"] for item in (await person.call("GET", "/uploads"))["items"]] == [
        started["id"]
    ]
    await person.call("DELETE", f"/uploads/{started['id']}", 204)
    assert (await person.call("GET", "/uploads"))["items"] == []
    assert (await person.call("GET", "/files"))["items"] == []
    await person.call("POST", f"/uploads/{started['id']}/complete", 410)
    await sweep_once(storage)
    assert await storage.keys("new-york") == []


async def test_idempotency_key_replays_the_answer(storage: Storage) -> None:
    person = storage.person(BOSTON)
    options = {"json": {"name": "a", "size": 1}, "headers": {"Idempotency-Key": "once"}}
    first = await person.call("POST", "/uploads", 201, **options)
    assert await person.call("POST", "/uploads", 201, **options) == first
    other = {"json": {"name": "b", "size": 1}, "headers": {"Idempotency-Key": "once"}}
    problem = await person.call("POST", "/uploads", 422, **other)
    assert problem["code"] == "IDEMPOTENCY_KEY_REUSED"


async def test_the_sweep_finds_an_upload_nobody_announced(storage: Storage) -> None:
    person = storage.person(TOKYO)
    started = await person.upload("silent", b"shh", complete=False)
    await asyncio.sleep(0.3)
    assert await sweep_once(storage) == 1
    file = await person.call("GET", f"/files/{started['file']['id']}")
    assert file["state"] == "stored"


async def test_uploads_of_one_name_that_end_together_free_it(
    storage: Storage, owner_pool: Any
) -> None:
    person = storage.person(TOKYO)
    for _ in range(12):
        await person.call("POST", "/uploads", 201, json={"name": "never", "size": 1})
    await owner_pool.execute(
        "UPDATE storage.versions SET upload_expires_at = now() - interval '1 hour',"
        " next_check_at = now()"
    )
    assert await sweep_once(storage) == 12
    assert (await person.call("GET", "/files"))["items"] == []


async def test_an_upload_that_never_came_is_dropped_and_its_name_freed(
    storage: Storage, owner_pool: Any
) -> None:
    person = storage.person(TOKYO)
    await person.call("POST", "/uploads", 201, json={"name": "never", "size": 1})
    await asyncio.sleep(0.3)
    await sweep_once(storage)
    assert len((await person.call("GET", "/files"))["items"]) == 1
    await owner_pool.execute(
        "UPDATE storage.versions SET upload_expires_at = now() - interval '1 hour',"
        " next_check_at = now()"
    )
    await sweep_once(storage)
    assert (await person.call("GET", "/files"))["items"] == []
    assert await owner_pool.fetchval("SELECT state FROM storage.versions") == "GONE"


def event(*keys: str, bucket: str = "meridian", name: str = "s3:ObjectCreated:Put") -> Any:
    return {
        "EventName": name,
        "Records": [
            {
                "eventName": name,
                "eventTime": "2026-01-01T00:00:00Z",
                "s3": {"bucket": {"name": bucket}, "object": {"key": key, "size": 1}},
            }
            for key in keys
        ],
    }


async def hook(storage: Storage, server: str, secret: str, body: Any) -> int:
    async with storage.client.post(
        f"/storage/api/v1/hooks/s3/{server}",
        json=body,
        headers={"Authorization": f"Bearer {secret}"} if secret else {},
    ) as answer:
        return answer.status


def put_key(started: dict[str, Any]) -> str:
    return str(urlsplit(started["url"]).path).removeprefix("/meridian/")


async def test_a_hook_stores_the_upload_also_when_sent_twice(storage: Storage) -> None:
    person = storage.person(BOSTON)
    started = await person.upload("a", b"1", complete=False)
    body = event(put_key(started).replace("/", "%2F"))
    secret = hook_secret("new-york")
    assert [await hook(storage, "new-york", secret, body) for _ in range(2)] == [204, 204]
    file = await person.call("GET", f"/files/{started['file']['id']}")
    assert file["state"] == "stored"


@pytest.mark.parametrize(
    ("server", "secret"),
    [
        ("new-york", ""),
        ("new-york", "guess"),
        ("new-york", hook_secret("cape-town")),
        ("atlantis", hook_secret("new-york")),
    ],
)
async def test_a_forged_hook_is_refused(storage: Storage, server: str, secret: str) -> None:
    person = storage.person(BOSTON)
    started = await person.upload("a", b"1", complete=False)
    assert await hook(storage, server, secret, event(put_key(started))) == 401
    upload = await person.call("GET", f"/uploads/{started['id']}")
    assert upload["state"] == "pending"


async def test_a_hook_is_only_a_hint(storage: Storage) -> None:
    """Too early, for another bucket, of another server, unknown, or of no known shape."""
    person = storage.person(BOSTON)
    started = await person.call("POST", "/uploads", 201, json={"name": "a", "size": 5})
    secret, key = hook_secret("new-york"), put_key(started)
    for body in (
        event(key),
        event(key, bucket="other"),
        event("object-unknown", "incoming-unknown"),
        event("a%00b"),
        event(key, name="s3:ObjectRemoved:Delete"),
        {"Event": "s3:TestEvent"},
    ):
        assert await hook(storage, "new-york", secret, body) == 204
    assert await hook(storage, "cape-town", hook_secret("cape-town"), event(key)) == 204
    assert await hook(storage, "new-york", secret, {"Records": [{"s3": 1}]}) == 422
    upload = await person.call("GET", f"/uploads/{started['id']}")
    assert upload["state"] == "pending"


async def test_a_city_that_is_down_gets_no_uploads(
    storage: Storage, cities: dict[str, City]
) -> None:
    await cities["new-york"].kill()
    try:
        person = storage.person(BOSTON)
        chosen = ""
        for _ in range(50):
            body = {"name": str(uuid.uuid4()), "size": 1}
            started = await person.call("POST", "/uploads", 201, json=body)
            chosen = started["server"]["name"]
            if chosen != "new-york":
                break
            await asyncio.sleep(0.1)
        assert chosen == "cape-town" or chosen == "vladivostok"
    finally:
        await cities["new-york"].start()


async def test_all_cities_down_is_a_clear_refusal(
    storage: Storage, cities: dict[str, City]
) -> None:
    for city in cities.values():
        await city.kill()
    try:
        person = storage.person(BOSTON)
        for name in cities:
            await storage.until(name, state="offline")
        problem = await person.call("POST", "/uploads", 503, json={"name": "a", "size": 1})
        assert problem["code"] == "NO_SERVER"
    finally:
        for city in cities.values():
            await city.start()


async def test_complete_while_the_server_is_down_loses_nothing(
    storage: Storage, cities: dict[str, City]
) -> None:
    person = storage.person(JOBURG)
    started = await person.upload("a", b"1", complete=False)
    await cities["cape-town"].kill()
    problem = await person.call("POST", f"/uploads/{started['id']}/complete", 503)
    assert problem["code"] == "STORE_UNAVAILABLE"
    await cities["cape-town"].start()
    file = await person.call("POST", f"/uploads/{started['id']}/complete")
    assert file["state"] == "stored"


async def test_nothing_goes_wrong_when_a_settler_died(storage: Storage, owner_pool: Any) -> None:
    """A lease that was never given back runs out, and what its holder wrote is removed."""
    person = storage.person(BOSTON)
    started = await person.upload("a", b"1", complete=False)
    store = storage.stores.of(storage.servers["new-york"])
    await store.put("object-abandoned", b"1", 1)
    await owner_pool.execute(
        "UPDATE storage.versions SET key = 'object-abandoned', settle_until = now()"
    )
    await person.call("POST", f"/uploads/{started['id']}/complete")
    (key,) = await storage.keys("new-york")
    assert key != "object-abandoned"
