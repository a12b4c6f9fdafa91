"""Uploads in parts: any order, several at a time, resumed, given up, found by the sweep."""

from __future__ import annotations

import asyncio
import hashlib
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from services.storage.relay.sweep_uploads import Sweep
from shared.stores.part_sizes import LARGEST_OBJECT, LARGEST_PUT, MEBIBYTE
from tests.storage.sending import put_part, put_parts, read
from tests.world.cities import hook_secret
from tests.world.places import BOSTON

if TYPE_CHECKING:
    from services.storage.settings import StorageSettings
    from tests.storage.conftest import Person, Storage
    from tests.storage.parts import Parts
    from tests.world.cities import City

PART = 100_000
CONTENT = os.urandom(4 * PART + 1)
MAKE_DUE = "UPDATE storage.versions SET next_check_at = now()"


@pytest.fixture
def settings(settings: StorageSettings) -> StorageSettings:
    """Parts short enough for a test; rclone takes them."""
    rules = replace(
        settings.rules, max_bytes=LARGEST_OBJECT, part_bytes=PART, multipart_bytes=10 * PART
    )
    return replace(settings, rules=rules)


async def begin(person: Person, size: int = len(CONTENT), **more: Any) -> dict[str, Any]:
    body = {"name": "large.bin", "size": size, "parts": True, **more}
    return await person.call("POST", "/uploads", 201, json=body)


async def content_of(person: Person, file: dict[str, Any]) -> bytes:
    return await read((await person.call("GET", f"/files/{file['id']}/download"))["url"])


async def unfinished(storage: Storage, server: str = "new-york") -> list[str]:
    multipart = storage.stores.of(storage.servers[server]).multipart
    return [upload.upload_id async for upload in multipart.list_uploads("object-")]


async def sweep(parts: Parts) -> None:
    """Do all that is due now."""
    await parts.pool.execute(MAKE_DUE)
    sweep = Sweep(parts.pool, parts.fleet, parts.doorbell, 60)
    while await sweep.sweep():
        await sweep.finish()


@pytest.mark.parametrize("is_told", [True, False])
async def test_parts_sent_at_once_make_the_file(storage: Storage, is_told: bool) -> None:
    person = storage.person(BOSTON)
    digest = hashlib.sha256(CONTENT).hexdigest()
    started = await begin(person, sha256=digest, content_type="image/png")
    assert [part["size"] for part in started["parts"]] == [*[PART] * 4, 1]
    assert "url" not in started
    told = await put_parts(started, CONTENT, reversed(started["parts"]))
    body = {"parts": told} if is_told else None
    file = await person.call("POST", f"/uploads/{started['id']}/complete", json=body)
    assert (file["state"], file["size"], file["sha256"]) == ("stored", len(CONTENT), digest)
    assert await content_of(person, file) == CONTENT
    (key,) = await storage.keys("new-york")
    assert key.startswith("object-")
    assert await unfinished(storage) == []


async def test_large_files_come_in_parts_without_asking(storage: Storage) -> None:
    person = storage.person(BOSTON)
    for size, in_parts in ((10 * PART, False), (10 * PART + 1, True)):
        started = await person.call("POST", "/uploads", 201, json={"name": "a", "size": size})
        assert ("parts" in started, "url" in started) == (in_parts, not in_parts)


async def test_more_than_a_hundred_parts_are_signed_when_asked_for(storage: Storage) -> None:
    person = storage.person(BOSTON)
    content = os.urandom(103 * PART)
    started = await begin(person, len(content))
    assert [part["number"] for part in started["parts"]] == [*range(1, 101)]
    path = f"/uploads/{started['id']}/parts"
    numbers = {"numbers": [103, 101, 102, 101]}
    parts = (await person.call("POST", path, json=numbers))["parts"]
    assert [part["number"] for part in parts] == [103, 101, 102]
    await put_parts(started, content, [*started["parts"], *parts])
    file = await person.call("POST", f"/uploads/{started['id']}/complete")
    assert await content_of(person, file) == content


@pytest.mark.parametrize("numbers", [[], [0], [-1], [6], [10_001], ["1"], [1.5], [*range(1, 102)]])
async def test_parts_that_are_none_are_refused(storage: Storage, numbers: list[Any]) -> None:
    person = storage.person(BOSTON)
    started = await begin(person)
    problem = await person.call(
        "POST", f"/uploads/{started['id']}/parts", 422, json={"numbers": numbers}
    )
    assert any(name.startswith("numbers") for name in problem["errors"])


async def test_an_upload_goes_on_where_it_was(storage: Storage) -> None:
    person = storage.person(BOSTON)
    started = await begin(person)
    path = f"/uploads/{started['id']}"
    await put_parts(started, CONTENT, [started["parts"][number - 1] for number in (2, 5)])
    upload = await person.call("GET", path)
    assert [(part["number"], part["size"]) for part in upload["received"]] == [(2, PART), (5, 1)]
    assert (upload["state"], upload["part_size"]) == ("pending", PART)
    missing = sorted({1, 2, 3, 4, 5} - {part["number"] for part in upload["received"]})
    problem = await person.call("POST", f"{path}/complete", 409)
    assert (problem["code"], problem["missing"]) == ("UPLOAD_INCOMPLETE", missing)
    signed = await person.call("POST", f"{path}/parts", json={"numbers": missing})
    await put_parts(started, CONTENT, signed["parts"])
    file = await person.call("POST", f"{path}/complete")
    assert await content_of(person, file) == CONTENT
    assert (await person.call("GET", path))["received"] == []


async def test_a_part_that_is_not_the_one_confirmed_has_to_be_sent_again(storage: Storage) -> None:
    person = storage.person(BOSTON)
    started = await begin(person)
    told = await put_parts(started, CONTENT)
    told[2]["etag"] = '"00000000000000000000000000000000"'
    path = f"/uploads/{started['id']}/complete"
    problem = await person.call("POST", path, 409, json={"parts": told})
    assert problem["missing"] == [3]
    assert (await person.call("POST", path))["state"] == "stored"


@pytest.mark.parametrize("body", [b"x" * (PART - 1), b"x" * (PART + 1), b""])
async def test_a_part_of_another_size_is_refused_by_the_server(
    storage: Storage, body: bytes
) -> None:
    person = storage.person(BOSTON)
    started = await begin(person)
    assert (await put_part(started["parts"][0], body))[0] == 403
    upload = await person.call("GET", f"/uploads/{started['id']}")
    assert upload["received"] == []


async def test_an_aborted_upload_leaves_nothing(storage: Storage, parts: Parts) -> None:
    person = storage.person(BOSTON)
    started = await begin(person)
    await put_parts(started, CONTENT, started["parts"][:2])
    path = f"/uploads/{started['id']}"
    await person.call("DELETE", path, 204)
    await sweep(parts)
    assert await unfinished(storage) == []
    assert (await put_part(started["parts"][2], CONTENT[2 * PART : 3 * PART]))[0] == 404
    assert (await person.call("GET", path))["state"] == "ended"
    problem = await person.call("POST", f"{path}/parts", 410, json={"numbers": [1]})
    assert problem["code"] == "UPLOAD_EXPIRED"
    assert (await person.call("GET", "/files"))["items"] == []


async def test_the_sweep_joins_what_nobody_announced(storage: Storage, parts: Parts) -> None:
    person = storage.person(BOSTON)
    started = await begin(person)
    await put_parts(started, CONTENT, started["parts"][:4])
    await sweep(parts)
    assert (await parts.upload_of(started)).state == "PENDING"
    await put_parts(started, CONTENT, started["parts"][4:])
    await sweep(parts)
    file = await person.call("GET", f"/files/{started['file']['id']}")
    assert file["state"] == "stored"
    assert await content_of(person, file) == CONTENT


async def test_the_sweep_aborts_what_nobody_finishes(storage: Storage, parts: Parts) -> None:
    person = storage.person(BOSTON)
    started = await begin(person)
    await put_parts(started, CONTENT, started["parts"][:1])
    await parts.pool.execute(
        "UPDATE storage.versions SET upload_expires_at = now() - interval '10 minutes'"
    )
    await sweep(parts)
    assert await unfinished(storage) == []
    assert (await parts.upload_of(started)).state == "GONE"
    assert (await person.call("GET", "/files"))["items"] == []


async def test_the_name_of_the_upload_is_kept_before_a_part_is_signed(
    storage: Storage, parts: Parts
) -> None:
    started = await begin(storage.person(BOSTON))
    assert await unfinished(storage) == [(await parts.upload_of(started)).multipart_id]


async def test_one_whose_name_was_never_written_down_is_aborted_too(
    storage: Storage, parts: Parts
) -> None:
    """As after a crash between the server's answer and the row."""
    person = storage.person(BOSTON)
    started = await begin(person)
    await parts.pool.execute("UPDATE storage.versions SET multipart_id = NULL")
    path = f"/uploads/{started['id']}"
    await person.call("POST", f"{path}/parts", 503, json={"numbers": [1]})
    assert (await person.call("GET", path))["received"] == []
    await person.call("POST", f"{path}/complete", 409)
    await person.call("DELETE", path, 204)
    await sweep(parts)
    assert await unfinished(storage) == []


async def test_asking_for_parts_keeps_the_upload_alive(storage: Storage, parts: Parts) -> None:
    person = storage.person(BOSTON)
    started = await begin(person)
    await parts.pool.execute(
        "UPDATE storage.versions SET upload_expires_at = now() + interval '1 minute'"
    )
    path = f"/uploads/{started['id']}"
    await person.call("POST", f"{path}/parts", json={"numbers": [1]})
    assert (await person.call("GET", path))["expires_at"] >= started["expires_at"]


async def test_a_city_that_is_lost_in_the_middle(
    storage: Storage, parts: Parts, cities: dict[str, City]
) -> None:
    person = storage.person(BOSTON)
    started = await begin(person)
    await put_parts(started, CONTENT, started["parts"][:2])
    await cities["new-york"].kill()
    try:
        problem = await person.call("GET", f"/uploads/{started['id']}", 503)
        assert problem["code"] == "STORE_UNAVAILABLE"
        await person.call("DELETE", f"/uploads/{started['id']}", 204)
        again = await begin(person, avoid=["new-york", "unknown"])
        assert again["server"]["name"] != "new-york"
        await put_parts(again, CONTENT)
        file = await person.call("POST", f"/uploads/{again['id']}/complete")
        assert await content_of(person, file) == CONTENT
    finally:
        await cities["new-york"].start()
    await parts.fleet.refresh()
    await sweep(parts)
    assert await unfinished(storage) == []


async def test_all_cities_avoided_is_a_clear_refusal(storage: Storage) -> None:
    person = storage.person(BOSTON)
    body = {"name": "a", "size": 1, "avoid": [*storage.servers]}
    problem = await person.call("POST", "/uploads", 503, json=body)
    assert problem["code"] == "NO_SERVER"


async def test_a_server_that_lost_the_parts_says_so(
    storage: Storage, cities: dict[str, City]
) -> None:
    """rclone forgets parts when it is started again."""
    person = storage.person(BOSTON)
    uploads = [await begin(person, name=f"{number}") for number in range(2)]
    await asyncio.gather(*(put_parts(started, CONTENT) for started in uploads))
    await cities["new-york"].kill()
    await cities["new-york"].start()
    problem = await person.call("POST", f"/uploads/{uploads[0]['id']}/complete", 410)
    assert problem["code"] == "UPLOAD_EXPIRED"
    for started in uploads:
        assert (await person.call("GET", f"/uploads/{started['id']}"))["state"] == "ended"
    assert (await person.call("GET", "/files"))["items"] == []


async def test_the_next_city_takes_what_the_nearest_cannot_begin(
    storage: Storage, parts: Parts, owner_pool: Any
) -> None:
    """Its bucket is gone, which a look at one object does not tell; a canary may have told."""
    await owner_pool.execute("UPDATE storage.servers SET bucket = 'gone' WHERE name = 'new-york'")
    await storage.until("new-york", bucket="gone")
    person = storage.person(BOSTON)
    started = await begin(person)
    assert started["server"]["name"] == "vladivostok"
    await put_parts(started, CONTENT)
    assert (await person.call("POST", f"/uploads/{started['id']}/complete"))["state"] == "stored"


async def test_another_person_sees_nothing_of_it(storage: Storage) -> None:
    started = await begin(storage.person(BOSTON))
    other = storage.person(BOSTON)
    path = f"/uploads/{started['id']}"
    for method, rest, body in (
        ("GET", "", None),
        ("DELETE", "", None),
        ("POST", "/parts", {"numbers": [1]}),
        ("POST", "/complete", {"parts": []}),
    ):
        problem = await other.call(method, f"{path}{rest}", 404, json=body)
        assert problem["code"] == "UPLOAD_NOT_FOUND"


async def test_wrong_bytes_are_refused_and_the_upload_is_over(
    storage: Storage, parts: Parts
) -> None:
    person = storage.person(BOSTON)
    started = await begin(person, sha256="0" * 64)
    await put_parts(started, CONTENT)
    path = f"/uploads/{started['id']}"
    problem = await person.call("POST", f"{path}/complete", 409)
    assert problem["code"] == "CHECKSUM_MISMATCH"
    assert await storage.keys("new-york") == []
    assert (await person.call("GET", "/files"))["items"] == []
    assert (await person.call("GET", path))["state"] == "ended"


async def test_the_sweep_gives_wrong_bytes_up_too(storage: Storage, parts: Parts) -> None:
    started = await begin(storage.person(BOSTON), sha256="0" * 64)
    await put_parts(started, CONTENT)
    await sweep(parts)
    assert (await parts.upload_of(started)).state == "GONE"
    assert await storage.keys("new-york") == []


async def test_completing_at_once_and_again_is_one_file(storage: Storage) -> None:
    person = storage.person(BOSTON)
    started = await begin(person)
    await put_parts(started, CONTENT)
    path = f"/uploads/{started['id']}/complete"
    files = await asyncio.gather(*(person.call("POST", path) for _ in range(6)))
    assert {file["state"] for file in (*files, await person.call("POST", path))} == {"stored"}
    assert len(await storage.keys("new-york")) == 1
    problem = await person.call(
        "POST", f"/uploads/{started['id']}/parts", 409, json={"numbers": [1]}
    )
    assert problem["code"] == "UPLOAD_FINISHED"


async def test_a_joined_object_is_found_when_its_finder_died(
    storage: Storage, parts: Parts
) -> None:
    """The parts were joined, and nobody wrote it down."""
    person = storage.person(BOSTON)
    started = await begin(person)
    told = await put_parts(started, CONTENT)
    upload = await parts.upload_of(started)
    multipart = storage.stores.of(storage.servers["new-york"]).multipart
    etags = [part["etag"].strip('"') for part in told]
    assert upload.multipart_id is not None
    await multipart.complete(upload.key, upload.multipart_id, etags)
    shown = await person.call("GET", f"/uploads/{started['id']}")
    assert shown["state"] == "pending"
    file = await person.call("POST", f"/uploads/{started['id']}/complete")
    assert await content_of(person, file) == CONTENT


async def test_a_hook_tells_of_joined_parts(storage: Storage, parts: Parts) -> None:
    person = storage.person(BOSTON)
    started = await begin(person)
    await put_parts(started, CONTENT)
    upload = await parts.upload_of(started)
    record = {
        "eventName": "s3:ObjectCreated:CompleteMultipartUpload",
        "s3": {"bucket": {"name": "meridian"}, "object": {"key": upload.key, "size": 1}},
    }
    async with storage.client.post(
        "/storage/api/v1/hooks/s3/new-york",
        json={"Records": [record]},
        headers={"Authorization": f"Bearer {hook_secret('new-york')}"},
    ) as answer:
        assert answer.status == 204
    assert (await parts.upload_of(started)).state == "STORED"


async def test_an_empty_file_is_one_empty_part(storage: Storage) -> None:
    person = storage.person(BOSTON)
    started = await begin(person, 0)
    assert [part["size"] for part in started["parts"]] == [0]
    await put_parts(started, b"")
    file = await person.call("POST", f"/uploads/{started['id']}/complete")
    assert (file["state"], file["size"]) == ("stored", 0)


async def test_five_tebibytes_fit_into_the_parts_that_s3_takes(storage: Storage) -> None:
    person = storage.person(BOSTON)
    started = await begin(person, LARGEST_OBJECT)
    assert started["part_size"] == 525 * MEBIBYTE < LARGEST_PUT
    last = -(-LARGEST_OBJECT // started["part_size"])
    parts = await person.call("POST", f"/uploads/{started['id']}/parts", json={"numbers": [last]})
    assert parts["parts"][0]["size"] == LARGEST_OBJECT - (last - 1) * started["part_size"]
    body = {"name": "a", "size": LARGEST_OBJECT + 1}
    assert (await person.call("POST", "/uploads", 413, json=body))["code"] == "FILE_TOO_LARGE"


async def test_an_upload_in_one_piece_has_no_parts_to_sign(storage: Storage) -> None:
    person = storage.person(BOSTON)
    started = await person.upload("a", b"12345", complete=False)
    path = f"/uploads/{started['id']}"
    problem = await person.call("POST", f"{path}/parts", 409, json={"numbers": [1]})
    assert problem["code"] == "UPLOAD_IN_ONE_PIECE"
    received = (await person.call("GET", path))["received"]
    assert [(part["number"], part["size"]) for part in received] == [(1, 5)]
