"""A real file travels: up to the nearest city, on to the others, down again, and away."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

from services.local.servers.cities import CITIES
from tests.world.calm import calm_clock
from tests.world.places import BOSTON, JOBURG, NEAREST, TOKYO
from tests.world.stack import key_of

if TYPE_CHECKING:
    from tests.world.people import Visitor
    from tests.world.stack import Stack

TEN = bytes(range(ord("0"), ord("9") + 1))
SIZES = {
    "пустой файл.txt": 0,
    "1 KiB ✓.bin": 1024,
    "图片 5 MiB.png": 5 * 1024**2,
    "80 MiB большой.iso": 80 * 1024**2,
}


@pytest.mark.parametrize("name", SIZES)
async def test_a_file_travels_to_three_cities_and_back(
    stack: Stack, visitors: dict[str, Visitor], name: str
) -> None:
    content = os.urandom(SIZES[name])
    address = list(NEAREST)[SIZES[name] % 3]
    person = visitors[address]
    started = await person.upload(name, content, sha256=hashlib.sha256(content).hexdigest())
    assert started["server"]["name"] == NEAREST[address]
    route = await person.storage("GET", "/route")
    assert route["items"][0]["server"]["name"] == NEAREST[address]
    assert "km away" in route["items"][0]["reason"]

    file = await person.wait_for_copies(started["file"]["id"])
    assert file["durable"]
    assert file["name"] == name
    assert file["sha256"] == hashlib.sha256(content).hexdigest()
    replicas = await person.storage("GET", f"/files/{file['id']}/replicas")
    assert {replica["state"] for replica in replicas["items"]} == {"ready"}

    link = await person.storage("GET", f"/files/{file['id']}/download")
    assert link["server"]["name"] == NEAREST[address]
    assert await person.read(link["url"]) == content
    for alternate in link["alternates"]:
        assert await person.read(alternate["url"]) == content
    for city in CITIES:
        assert await stack.get_object(city.name, key_of(link["url"])) == content

    await person.storage("DELETE", f"/files/{file['id']}", 204)
    await person.storage("GET", f"/files/{file['id']}", 404)
    await wait_until_gone(stack, key_of(link["url"]))


async def wait_until_gone(stack: Stack, key: str) -> None:
    deadline = time.monotonic() + 20
    left = [city.name for city in CITIES]
    while left and time.monotonic() < deadline:
        left = [name for name in left if await stack.get_object(name, key) is not None]
        await asyncio.sleep(0.1)
    assert not left, f"{key} is still in {left}"


async def test_people_elsewhere_download_from_their_own_city(
    visitors: dict[str, Visitor],
) -> None:
    started = await visitors[BOSTON].upload("for all.txt", b"hello, world")
    file = await visitors[BOSTON].wait_for_copies(started["file"]["id"])
    for address, server in NEAREST.items():
        link = await visitors[address].storage("GET", f"/files/{file['id']}/download")
        assert link["server"]["name"] == server
        assert await visitors[address].read(link["url"]) == b"hello, world"
    await visitors[BOSTON].storage("DELETE", f"/files/{file['id']}", 204)


async def test_a_link_names_the_file_and_serves_ranges(visitors: dict[str, Visitor]) -> None:
    person = visitors[TOKYO]
    started = await person.upload("отчёт.txt", TEN, content_type="text/plain")
    link = await person.storage("GET", f"/files/{started['file']['id']}/download")
    async with person.session.get(link["url"], headers={"Range": "bytes=2-4"}) as answer:
        assert (answer.status, await answer.read()) == (206, b"234")
        assert answer.headers["Content-Range"] == "bytes 2-4/10"
        assert "%D0%BE%D1%82%D1%87%D1%91%D1%82.txt" in answer.headers["Content-Disposition"]
        assert answer.headers["Content-Type"] == "text/plain"
    await person.storage("DELETE", f"/files/{started['file']['id']}", 204)


async def test_an_upload_nobody_announces_is_known_by_the_webhook(
    visitors: dict[str, Visitor],
) -> None:
    person = visitors[JOBURG]
    started = await person.start("silent.txt", b"shh")
    with calm_clock() as passed:
        file = await person.wait_for_copies(started["file"]["id"], ready=1, seconds=20)
        assert file["state"] == "stored"
        assert passed() < 4
    await person.storage("DELETE", f"/files/{file['id']}", 204)


async def test_a_signed_put_works_once(visitors: dict[str, Visitor]) -> None:
    person = visitors[BOSTON]
    started = await person.upload("once.txt", b"first")
    again = person.session.put(started["url"], data=b"other", headers=started["headers"])
    async with again as answer:
        assert answer.status == 412
    link = await person.storage("GET", f"/files/{started['file']['id']}/download")
    assert await person.read(link["url"]) == b"first"
    await person.storage("DELETE", f"/files/{started['file']['id']}", 204)


async def test_logout_is_seen_by_storage_within_a_second(
    stack: Stack, visitors: dict[str, Visitor]
) -> None:
    demo = next(who for who in stack.info["accounts"] if not who["is_superuser"])
    person = visitors[BOSTON]
    await person.log_in(demo["username"], demo["password"])
    await person.storage("GET", "/files")
    await person.auth("POST", "/logout", 204)
    await asyncio.sleep(1)
    for _ in range(8):
        await person.storage("GET", "/files", 401)


async def test_a_city_dies_and_downloads_go_on(stack: Stack, visitors: dict[str, Visitor]) -> None:
    """Lost for requests by its edge, then truly: its node is killed and started by hand."""
    person = visitors[BOSTON]
    started = await person.upload("survivor.bin", b"x" * 100_000)
    file = await person.wait_for_copies(started["file"]["id"])
    await stack.set_fault("new-york", {"down": True})
    try:
        link = await until_other_city(person, file["id"])
        assert await person.read(link["url"]) == b"x" * 100_000
        second = await person.upload("meanwhile.bin", b"y" * 1000)
        assert second["server"]["name"] != "new-york"
        await person.wait_for_copies(second["file"]["id"], ready=2)
    finally:
        await stack.set_fault("new-york", None)
    await person.wait_for_copies(second["file"]["id"], ready=3, seconds=60)
    for file_id in (file["id"], second["file"]["id"]):
        await person.storage("DELETE", f"/files/{file_id}", 204)


async def until_other_city(person: Visitor, file_id: str) -> dict[str, Any]:
    for _ in range(80):
        link = await person.storage("GET", f"/files/{file_id}/download")
        if link["server"]["name"] != "new-york":
            return link
        await asyncio.sleep(0.1)
    raise AssertionError("still sent to a city that is down")


async def test_a_killed_replicator_s_work_is_taken_over(
    stack: Stack, visitors: dict[str, Visitor]
) -> None:
    person = visitors[TOKYO]
    content = os.urandom(24 * 1024**2)
    for city in ("new-york", "cape-town"):
        await stack.set_fault(city, {"bytes_per_second": 8 * 1024**2})
    try:
        started = await person.upload("taken over.bin", content)
        await asyncio.sleep(0.7)
        for name in ("replicator-1", "replicator-2"):
            os.kill(stack.pid(name), signal.SIGKILL)
        file = await person.wait_for_copies(started["file"]["id"], seconds=60)
    finally:
        for city in ("new-york", "cape-town"):
            await stack.set_fault(city, None)
    assert file["sha256"] == hashlib.sha256(content).hexdigest()
    link = await person.storage("GET", f"/files/{file['id']}/download")
    for alternate in link["alternates"]:
        assert await person.read(alternate["url"]) == content
    await person.storage("DELETE", f"/files/{file['id']}", 204)
    await wait_until_gone(stack, key_of(link["url"]))


async def test_documents_and_pages_are_there(stack: Stack, visitors: dict[str, Visitor]) -> None:
    session = visitors["admin"].session
    for path, text in (
        ("/auth/api/doc", "swagger"),
        ("/storage/api/doc", "swagger"),
        ("/storage/api/openapi.json", '"openapi":"3.1.0"'),
        ("/auth/api/v1/.well-known/jwks.json", "Ed25519"),
    ):
        async with session.get(f"{stack.info['address']}{path}") as answer:
            assert answer.status == 200
            assert text in await answer.text()
    async with session.get(f"{stack.info['address']}/metrics") as answer:
        assert "meridian_http" not in await answer.text()
