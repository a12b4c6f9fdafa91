"""Real files travel between containers, which are stopped and killed meanwhile."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientError

from shared.signer import Credentials, presign
from tests.world.cities import NAMES
from tests.world.places import ADDRESSES, REAL_BOSTON, REAL_JOBURG, REAL_TOKYO
from tests.world.stack import key_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.containers.stack import Containers, Measured
    from tests.world.people import Visitor

MEBIBYTE = 1024 * 1024
SIZES = {
    "пустой файл.txt": 0,
    "1 KiB ✓.bin": 1024,
    "图片 5 MiB.png": 5 * MEBIBYTE,
    "80 MiB большой.iso": 80 * MEBIBYTE,
}
# Found sooner than the sweep looks, so somebody must have told.
HOOK_SECONDS = 5

People = dict[str, "Visitor"]


async def in_thread(*words: Any, **more: Any) -> str:
    """Run a blocking command while requests go on."""
    return await asyncio.to_thread(*words, **more)


async def download_equals(person: Visitor, file_id: str, content: bytes) -> str:
    """Download a file from every city that is offered; the key of its object."""
    link = await person.storage("GET", f"/files/{file_id}/download")
    for url in (link["url"], *(other["url"] for other in link["alternates"])):
        assert await person.read(url) == content
    return key_of(link["url"])


async def eventually_gone(containers: Containers, key: str) -> None:
    deadline = time.monotonic() + 30
    left = set(NAMES)
    while left and time.monotonic() < deadline:
        left = {city for city in left if await containers.get_object(city, key) is not None}
        await asyncio.sleep(0.2)
    assert not left


@pytest.mark.parametrize("name", SIZES)
async def test_a_file_travels_to_three_cities_and_back(
    containers: Containers, visitors: People, measured: Measured, name: str
) -> None:
    content = os.urandom(SIZES[name])
    digest = hashlib.sha256(content).hexdigest()
    address = list(ADDRESSES)[SIZES[name] % 3]
    person = visitors[address]
    began = time.monotonic()
    started = await person.upload(name, content, sha256=digest)
    uploaded = time.monotonic() - began
    assert started["server"]["name"] == ADDRESSES[address]
    file = await person.wait_for_copies(started["file"]["id"])
    measured.note(
        f"{SIZES[name]} bytes: stored after {uploaded:.2f} s, "
        f"in three cities after {time.monotonic() - began:.2f} s"
    )
    assert (file["name"], file["sha256"], file["durable"]) == (name, digest, True)
    key = await download_equals(person, file["id"], content)
    for city in NAMES:
        assert await containers.get_object(city, key) == content
    await person.storage("DELETE", f"/files/{file['id']}", 204)
    await eventually_gone(containers, key)


async def test_people_are_sent_to_their_own_city(visitors: People) -> None:
    started = await visitors[REAL_TOKYO].upload("for all.txt", b"hello, world")
    await visitors[REAL_TOKYO].wait_for_copies(started["file"]["id"])
    for address, city in ADDRESSES.items():
        link = await visitors[address].storage("GET", f"/files/{started['file']['id']}/download")
        assert link["server"]["name"] == city


async def test_minio_announces_an_upload(visitors: People, measured: Measured) -> None:
    person = visitors[REAL_JOBURG]
    started = await person.start("told.txt", b"told by MinIO")
    began = time.monotonic()
    await person.wait_for_copies(started["file"]["id"], ready=1, seconds=HOOK_SECONDS)
    measured.note(f"announced by MinIO after {time.monotonic() - began:.2f} s")


async def test_without_announcements_the_sweep_finds_an_upload(
    containers: Containers, visitors: People, measured: Measured
) -> None:
    person = visitors[REAL_JOBURG]
    await set_notification(containers, person, "cape-town", "<NotificationConfiguration/>")
    try:
        started = await person.start("silent.txt", b"nobody tells")
        began = time.monotonic()
        with pytest.raises(AssertionError, match="1 copies after"):
            await person.wait_for_copies(started["file"]["id"], ready=1, seconds=HOOK_SECONDS)
        await person.wait_for_copies(started["file"]["id"])
        measured.note(f"found by the sweep after {time.monotonic() - began:.1f} s")
    finally:
        # The next `make up` asks for announcements again.
        await in_thread(containers.compose, "run", "--rm", "--no-deps", "servers")
    again = await person.start("told again.txt", b"told by MinIO")
    await person.wait_for_copies(again["file"]["id"], ready=1, seconds=HOOK_SECONDS)


async def set_notification(
    containers: Containers, person: Visitor, city: str, document: str
) -> None:
    name = f"MERIDIAN_{city.upper().replace('-', '_')}_SECRET_KEY"
    url = presign(
        Credentials(city, containers.settings.read(name)),
        containers.s3_endpoint(city),
        "us-east-1",
        "meridian",
        "PUT",
        "",
        60,
        query={"notification": ""},
    )
    async with person.session.put(url, data=document.encode()) as answer:
        assert answer.status == 200, await answer.text()


async def test_a_hook_with_a_wrong_secret_is_refused(
    containers: Containers, visitors: People
) -> None:
    session = visitors[REAL_BOSTON].session
    url = f"{containers.info()['services']['storage']}/hooks/s3/new-york"
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic bWU6bWU="}):
        async with session.post(url, json={"Records": []}, headers=headers) as answer:
            assert answer.status == 401


async def test_a_city_stops_during_an_upload(containers: Containers, visitors: People) -> None:
    person = visitors[REAL_BOSTON]
    body = {"name": "cut off.bin", "size": 3 * MEBIBYTE}
    lost = await person.storage("POST", "/uploads", 201, json=body)
    assert lost["server"]["name"] == "new-york"
    stopped = asyncio.Event()
    sending = asyncio.create_task(send_slowly(person, lost, stopped))
    await asyncio.sleep(0.5)
    stop = ("stop", "--timeout", "2", "minio-new-york")
    await in_thread(containers.compose, *stop)
    stopped.set()
    try:
        with pytest.raises(ClientError):
            await sending
        async with asyncio.timeout(20):
            while (await person.storage("GET", "/route"))["items"][0]["server"][
                "name"
            ] == "new-york":
                await asyncio.sleep(0.2)
        started = await person.upload("elsewhere.bin", b"x" * 100_000)
        assert started["server"]["name"] != "new-york"
        await person.wait_for_copies(started["file"]["id"], ready=2)
    finally:
        await in_thread(
            containers.compose, "up", "--detach", "--no-build", "--wait", "minio-new-york"
        )
    await person.wait_for_copies(started["file"]["id"], seconds=60)
    await download_equals(person, started["file"]["id"], b"x" * 100_000)
    # Nothing of what was cut off is there, and its URL still takes all of it.
    assert await containers.get_object("new-york", key_of(lost["url"])) is None
    assert (await person.storage("GET", f"/files/{lost['file']['id']}"))["state"] != "stored"
    content = b"y" * 3 * MEBIBYTE
    again = person.session.put(lost["url"], data=BytesIO(content), headers=lost["headers"])
    async with again as answer:
        assert answer.status == 200, await answer.text()
    await person.wait_for_copies(lost["file"]["id"], seconds=60)
    await download_equals(person, lost["file"]["id"], content)


async def send_slowly(person: Visitor, upload: dict[str, Any], last: asyncio.Event) -> None:
    """PUT all but the end, and the end when it is asked for."""

    async def body() -> AsyncIterator[bytes]:
        yield b"y" * 2 * MEBIBYTE
        await last.wait()
        yield b"y" * MEBIBYTE

    headers = {**upload["headers"], "Content-Length": str(3 * MEBIBYTE)}
    async with person.session.put(upload["url"], data=body(), headers=headers) as answer:
        answer.raise_for_status()


async def test_a_city_is_killed_during_a_copy(containers: Containers, visitors: People) -> None:
    person, content = visitors[REAL_TOKYO], os.urandom(160 * MEBIBYTE)
    started = await person.upload("half-way.bin", content)
    name = containers.container("minio-cape-town")
    await in_thread(containers.engine.docker, "kill", name)
    file = await person.storage("GET", f"/files/{started['file']['id']}")
    try:
        assert file["replicas"]["ready"] < 3, "the copies were there before the kill"
        await person.wait_for_copies(file["id"], ready=2, seconds=60)
    finally:
        await in_thread(containers.engine.docker, "start", name)
    await person.wait_for_copies(file["id"], seconds=90)
    key = await download_equals(person, file["id"], content)
    assert await containers.get_object("cape-town", key) == content


async def test_a_replicator_is_killed_during_a_copy(
    containers: Containers, visitors: People, measured: Measured
) -> None:
    person, content = visitors[REAL_BOSTON], os.urandom(200 * MEBIBYTE)
    started = await person.upload("taken over.bin", content)
    busy = await busy_replicator(containers)
    await in_thread(containers.engine.docker, "kill", busy)
    began = time.monotonic()
    file = await person.storage("GET", f"/files/{started['file']['id']}")
    assert file["replicas"]["ready"] < 3, "the copies were there before the kill"
    try:
        file = await person.wait_for_copies(file["id"], seconds=120)
    finally:
        await in_thread(containers.engine.docker, "start", busy)
    measured.note(f"a killed replicator's copies done after {time.monotonic() - began:.1f} s")
    assert file["sha256"] == hashlib.sha256(content).hexdigest()
    await download_equals(person, file["id"], content)
    assert await unfinished_uploads(containers, person) == 0


async def busy_replicator(containers: Containers) -> str:
    """The container that holds the lease of a copy right now."""
    owner = ""
    for _ in range(100):
        statement = "SELECT lease_owner FROM storage.replicas WHERE state = 'COPYING' LIMIT 1"
        owner = await in_thread(containers.psql, statement)
        for number in (1, 2):
            name = containers.container("replicator", number)
            host = containers.engine.docker("inspect", "-f", "{{.Config.Hostname}}", name)
            if owner and host.strip() in owner:
                return name
    raise AssertionError(f"no copy was seen; the last owner was {owner!r}")


async def unfinished_uploads(containers: Containers, person: Visitor) -> int:
    """How many multipart uploads are left on all cities."""
    left = 0
    for city in NAMES:
        secret = containers.settings.read(f"MERIDIAN_{city.upper().replace('-', '_')}_SECRET_KEY")
        place = (containers.s3_endpoint(city), "us-east-1", "meridian")
        url = presign(Credentials(city, secret), *place, "GET", "", 60, query={"uploads": ""})
        async with person.session.get(url) as answer:
            left += (await answer.text()).count("<Upload>")
    return left


async def test_four_replicators(containers: Containers, visitors: People) -> None:
    scale = ("up", "--detach", "--no-build", "--no-recreate", "--wait", "--scale", "replicator=4")
    await in_thread(containers.compose, *scale)
    names = await in_thread(containers.compose, "ps", "--format", "{{.Service}}")
    assert names.split().count("replicator") == 4
    started = await visitors[REAL_BOSTON].upload("by four.bin", b"four" * 1000)
    await visitors[REAL_BOSTON].wait_for_copies(started["file"]["id"])


async def test_databases_are_restarted(containers: Containers, visitors: People) -> None:
    person = visitors[REAL_TOKYO]
    for service in ("valkey", "postgres"):
        before = [await person.upload(f"before {service} {n}", b"b" * 5000) for n in range(5)]
        await in_thread(containers.compose, "restart", "--timeout", "5", service)
        await until_up(person)
        after = await person.upload(f"after {service}", b"a" * 5000)
        for started in (*before, after):
            await person.wait_for_copies(started["file"]["id"], seconds=60)


async def until_up(person: Visitor) -> None:
    url = f"{person.info['services']['storage']}/files"
    headers = {"Authorization": f"Bearer {person.tokens['access_token']}"}
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        async with person.session.get(url, headers=headers) as answer:
            if answer.status == 200:
                return
        await asyncio.sleep(0.2)
    raise AssertionError("the service does not recover")


async def test_down_and_up_again_loses_nothing(
    containers: Containers, visitors: People, measured: Measured
) -> None:
    person = visitors[REAL_JOBURG]
    content = os.urandom(3 * MEBIBYTE)
    last = await person.upload("the last one.bin", content)
    before = await everything(person)
    with measured.timed("make down"):
        await in_thread(containers.make, "down")
    with measured.timed("make up again"):
        await in_thread(containers.make, "up")
    await until_up(person)
    after = await everything(person)
    assert set(after) == set(before)
    await person.wait_for_copies(last["file"]["id"], seconds=60)
    await download_equals(person, last["file"]["id"], content)
    stored = [file for file in after.values() if file["state"] == "stored"]
    for file in stored:
        await person.wait_for_copies(file["id"], seconds=60)
        link = await person.storage("GET", f"/files/{file['id']}/download")
        found = await person.read(link["url"])
        assert hashlib.sha256(found).hexdigest() == file["sha256"] or file["sha256"] is None
        assert len(found) == file["size"]
    measured.note(f"after down and up: {len(stored)} files, none lost, all equal")


async def everything(person: Visitor) -> dict[str, dict[str, Any]]:
    answer = await person.storage("GET", "/files", params={"limit": "200"})
    assert answer["next"] is None
    return {file["id"]: file for file in answer["items"]}
