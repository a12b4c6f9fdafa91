"""Servers that are not what an operator takes them for: each is refused, with the reason."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from services.storage.cities import probe
from services.storage.cities.drain_reports import look_at_drains
from services.storage.cities.marker import Marker, write_marker
from services.storage.cities.probe import Prober
from services.storage.cities.remove import forget_stragglers
from services.storage.keys import FLEET, PROBER
from services.storage.servers.capability_calls import PREFIX
from shared.catalog.drains import list_running
from shared.catalog.servers import NewServer
from shared.db import connect
from shared.errors import MeridianError
from shared.stores.addresses import AddressRules
from shared.stores.stores import Stores
from tests.storage.conftest import make_token
from tests.storage.newcomers import (
    COPY_EVERYWHERE,
    RIGHTS,
    SECRET,
    bucket,
    described,
    frankfurt,
    holder,
    operator,
)
from tests.world.places import BOSTON

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from services.local.servers.node import Node
    from tests.storage.conftest import Person, Storage

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

__all__ = ["bucket", "frankfurt", "operator"]

FULL = b"<Error><Code>XMinioStorageFull</Code></Error>"
SKEWED = b"<Error><Code>RequestTimeTooSkewed</Code></Error>"
REGION = b"<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>"
OFF = timedelta(minutes=20)
REMOVE = "UPDATE storage.servers SET removed_at = now(), is_on = false WHERE id = $1"
LOOKS = """
SELECT count(*) FROM storage.versions WHERE upload_server_id = $1 AND next_check_at IS NOT NULL
"""
DROPPED = {"content-length", "transfer-encoding", "date", "connection"}


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """A server that answers everything in its own way; its address."""
    app = web.Application(client_max_size=1024**3)
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


def through(node: Node, **headers: str) -> Handler:
    """Pass everything on to a real server; the answers get other headers."""

    async def handle(request: web.Request) -> web.StreamResponse:
        async with (
            aiohttp.ClientSession(auto_decompress=False) as session,
            session.request(
                request.method,
                URL(f"{node.endpoint}{request.raw_path}", encoded=True),
                headers=request.headers,
                data=await request.read(),
                allow_redirects=False,
            ) as answer,
        ):
            kept = {
                name: text for name, text in answer.headers.items() if name.lower() not in DROPPED
            }
            return web.Response(
                status=answer.status, body=await answer.read(), headers={**kept, **headers}
            )

    return handle


def answering(status: int, body: bytes = b"", *methods: str, node: Node | None = None) -> Handler:
    """Answer always the same, or only to these methods."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if methods and request.method not in methods:
            assert node is not None
            return await through(node)(request)
        headers = {"Location": "http://127.0.0.1:1/"} if 300 <= status < 400 else {}
        return web.Response(status=status, body=body, headers=headers)

    return handle


async def hang(request: web.Request) -> web.StreamResponse:
    """Send the header, and then nothing."""
    answer = web.StreamResponse(headers={"Content-Length": "100"})
    await answer.prepare(request)
    await asyncio.sleep(600)
    return answer


async def pour(request: web.Request) -> web.StreamResponse:
    """Send more than anybody could hold, for as long as somebody listens."""
    answer = web.StreamResponse()
    await answer.prepare(request)
    while True:
        await answer.write(bytes(1_048_576))


async def drip(request: web.Request) -> web.StreamResponse:
    """Send a byte at a time, each before anybody has lost patience."""
    answer = web.StreamResponse()
    await answer.prepare(request)
    while True:
        await answer.write(b"x")
        await asyncio.sleep(0.1)


async def break_off(request: web.Request) -> web.StreamResponse:
    """Promise eight bytes, and go after two."""
    answer = web.StreamResponse(headers={"Content-Length": "8"})
    await answer.prepare(request)
    await answer.write(b"me")
    assert request.transport is not None
    request.transport.close()
    return answer


def to_readers(node: Node, handler: Handler) -> Handler:
    """Be a real server, but to who reads what the probe wrote."""

    async def handle(request: web.Request) -> web.StreamResponse:
        reads = request.method == "GET" and PREFIX in request.path
        return await (handler if reads else through(node))(request)

    return handle


async def refused(operator: Person, node: Node, bucket: str, endpoint: str) -> dict[str, Any]:
    """What is said of such a server, tried and added: the same."""
    body = described(node, bucket, endpoint=endpoint)
    said = await operator.call("POST", "/servers/probe", 422, json=body)
    again = await operator.call("POST", "/servers", 422, json=body)
    assert (again["code"], again.get("reason")) == (said["code"], said.get("reason"))
    assert SECRET not in str(said)
    return said


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (307, b"", "refused"),
        (200, b"", "unfit"),
        (200, b"<html>Welcome!</html>", "unfit"),
        (403, SKEWED, "clock"),
        (400, REGION, "region"),
        (507, FULL, "full"),
        (503, b"", "no_answer"),
    ],
    ids=["redirects", "says yes to all", "a web page", "skewed", "region", "full", "503"],
)
async def test_what_answers_like_this_is_no_city(
    operator: Person, frankfurt: Node, bucket: str, status: int, body: bytes, reason: str
) -> None:
    async with serving(answering(status, body)) as endpoint:
        said = await refused(operator, frankfurt, bucket, endpoint)
    assert (said["code"], said["reason"]) == ("SERVER_UNREACHABLE", reason)


async def test_a_full_disk_is_said(operator: Person, frankfurt: Node, bucket: str) -> None:
    async def handle(request: web.Request) -> web.StreamResponse:
        if request.method == "PUT" and request.path.count("/") > 1 and request.can_read_body:
            return web.Response(status=507, body=FULL)
        return await through(frankfurt)(request)

    async with serving(handle) as endpoint:
        said = await refused(operator, frankfurt, bucket, endpoint)
    assert said["reason"] == "full"


async def test_a_server_that_hangs_after_the_header_costs_seconds_only(
    operator: Person, frankfurt: Node, bucket: str
) -> None:
    async with serving(hang) as endpoint:
        body = described(frankfurt, bucket, endpoint=endpoint)
        async with asyncio.timeout(30):
            said = await operator.call("POST", "/servers/probe", 422, json=body)
    assert said["reason"] == "no_answer"


@pytest.mark.parametrize(
    ("handler", "seconds", "reason"),
    [(pour, 90, "unfit"), (drip, 1, "no_answer"), (break_off, 90, "no_answer")],
    ids=["pours", "drips", "breaks off"],
)
async def test_a_server_that_does_not_end_as_it_should(
    operator: Person,
    frankfurt: Node,
    bucket: str,
    monkeypatch: pytest.MonkeyPatch,
    handler: Handler,
    seconds: int,
    reason: str,
) -> None:
    monkeypatch.setattr(probe, "LONGEST_SECONDS", seconds)
    async with serving(to_readers(frankfurt, handler)) as endpoint:
        body = described(frankfurt, bucket, endpoint=endpoint)
        said = await operator.call("POST", "/servers/probe", 422, json=body)
    assert (said["code"], said["reason"]) == ("SERVER_UNREACHABLE", reason)


@pytest.mark.parametrize("date", ["yesterday", "Thu, 26 Nov 2026 10:00:00 -0000", "1 Jan 99999"])
async def test_a_clock_that_cannot_be_read(
    operator: Person, frankfurt: Node, bucket: str, date: str
) -> None:
    async with serving(through(frankfurt, Date=date)) as endpoint:
        body = described(frankfurt, bucket, endpoint=endpoint)
        found = await operator.call("POST", "/servers/probe", json=body)
    assert found["clock_skew_seconds"] is None


@pytest.mark.parametrize(("ahead", "word"), [(OFF, "ahead"), (-OFF, "behind")])
async def test_a_clock_that_is_twenty_minutes_off(
    operator: Person, frankfurt: Node, bucket: str, ahead: timedelta, word: str
) -> None:
    date = format_datetime(datetime.now(UTC) + ahead, usegmt=True)
    async with serving(through(frankfurt, Date=date)) as endpoint:
        said = await refused(operator, frankfurt, bucket, endpoint)
    assert said["reason"] == "clock"
    assert word in said["detail"]


async def test_a_name_that_leads_to_ourselves_a_moment_later(
    storage: Storage, frankfurt: Node, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the first look-up says a public address, the next ones this machine."""
    said = ["203.0.113.9"]
    asked: list[str] = []
    ask = socket.getaddrinfo

    def look_up(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host != "rebinding.example":
            return ask(host, port, *args, **kwargs)
        address = said.pop() if said else "127.0.0.1"
        asked.append(address)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, int(port)))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    heard: list[str] = []

    async def hear(request: web.Request) -> web.StreamResponse:
        heard.append(request.path)
        return web.Response()

    known = storage.client.app[PROBER]
    rules = AddressRules(allow_local=False)
    async with serving(hear) as endpoint, Stores(known.vault, rules) as stores:
        port = endpoint.rpartition(":")[2]
        there = described(frankfurt, bucket, endpoint=f"http://rebinding.example:{port}")
        new = NewServer(**there, public_endpoint=there["endpoint"], hook_secret="h" * 40)
        with pytest.raises(MeridianError) as refusal:
            await Prober(known.pool, stores, known.vault).probe(new)
    assert refusal.value.problem.code in {"SERVER_UNREACHABLE", "ENDPOINT_FORBIDDEN"}
    assert "127.0.0.1" in asked
    assert heard == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://127.0.0.1:9000",
        "http://[::1]:9000",
        "http://169.254.169.254",
        "http://localhost:9000",
        "http://0.0.0.0:9000",
        "http://[fd00:ec2::254]",
    ],
)
async def test_this_machine_and_its_neighbours_are_no_cities(
    storage: Storage, frankfurt: Node, bucket: str, endpoint: str
) -> None:
    known = storage.client.app[PROBER]
    async with Stores(known.vault, AddressRules(allow_local=False)) as stores:
        there = described(frankfurt, bucket, endpoint=endpoint)
        new = NewServer(**there, public_endpoint=endpoint, hook_secret="h" * 40)
        with pytest.raises(MeridianError) as refusal:
            await Prober(known.pool, stores, known.vault).probe(new)
    assert refusal.value.problem.code == "ENDPOINT_FORBIDDEN"


async def test_the_bucket_of_another_stack(
    storage: Storage, operator: Person, frankfurt: Node, bucket: str
) -> None:
    known = storage.client.app[PROBER]
    there = described(frankfurt, bucket)
    new = NewServer(**there, public_endpoint=there["endpoint"], hook_secret="h" * 40)
    store = known.stores.of(known.candidate(new))
    await store.bucket.ensure()
    await write_marker(store, Marker(uuid4(), "frankfurt"))
    said = await operator.call("POST", "/servers", 409, json=there)
    assert (said["code"], "server" in said) == ("BUCKET_TAKEN", False)
    assert "another installation" in said["detail"]


@pytest.mark.parametrize(
    ("latitude", "longitude", "field"),
    [(90.1, 8, "latitude"), (50, -180.5, "longitude"), (0, 0, "latitude"), ("x", 8, "latitude")],
)
async def test_coordinates_of_no_city(
    operator: Person, frankfurt: Node, bucket: str, latitude: Any, longitude: Any, field: str
) -> None:
    body = described(frankfurt, bucket, latitude=latitude, longitude=longitude)
    said = await operator.call("POST", "/servers", 422, json=body)
    assert (said["code"], field in said["errors"]) == ("VALIDATION_FAILED", True)


async def test_a_removal_during_a_drain(operator: Person, storage: Storage) -> None:
    """While anything is there only it is refused; once it is elsewhere the drain ends with it."""
    file = await operator.upload("a", b"abc")
    path = f"/servers/{storage.servers[holder(file)].id}"
    await operator.call("POST", f"{path}/drain")
    said = await operator.call("DELETE", path, 409)
    assert (said["code"], said["counts"]["versions"]) == ("SOLE_COPIES", 1)
    assert (await operator.call("GET", f"{path}/progress"))["state"] == "running"
    pool = await connect(storage.database.owner)
    await pool.execute(COPY_EVERYWHERE)
    assert await operator.call("DELETE", path) == {"files": 0, "versions": 0, "bytes": 0}
    await operator.call("GET", f"{path}/progress", 404)
    assert await list_running(pool) == []
    # The drain of what is gone stops nobody.
    await look_at_drains(pool, "key")
    await pool.close()


async def test_what_is_written_for_a_removed_city_is_forgotten(
    operator: Person, storage: Storage
) -> None:
    """As by a copy that was under way when it was removed."""
    file = await operator.upload("a", b"abc")
    server = storage.servers[next(name for name in storage.servers if name != holder(file))]
    await operator.call("DELETE", f"/servers/{server.id}")
    pool = await connect(storage.database.owner)
    states = "SELECT array_agg(state) FROM storage.replicas WHERE server_id = $1"
    assert await pool.fetchval(states, server.id) == ["GONE"]
    late = "UPDATE storage.replicas SET state = 'ERASING' WHERE server_id = $1"
    await pool.execute(late, server.id)
    await forget_stragglers(pool)
    assert await pool.fetchval(states, server.id) == ["GONE"]
    await pool.close()


@pytest.mark.parametrize("is_late", [False, True])
async def test_an_upload_to_a_removed_city_is_given_up(
    operator: Person, storage: Storage, is_late: bool
) -> None:
    """Also one that began just before the removal, and was written down only after it."""
    operator.fake_ip = BOSTON
    scope = f"{RIGHTS} drops.create"
    operator.token = make_token(operator.id, operator.session_id, scope=scope)
    folder = await operator.call("POST", "/folders", 201, json={"name": "asked"})
    asked = {"folder_id": folder["id"], "title": "x"}
    drop = await operator.call("POST", "/drops", 201, json=asked)
    sending = f"/d/{drop['url'].rpartition('/')[2]}/uploads"
    sent = await operator.call("POST", sending, 201, json={"name": "b", "size": 4})
    given_up = await operator.call("POST", "/uploads", 201, json={"name": "c", "size": 5})
    await operator.call("DELETE", f"/uploads/{given_up['id']}", 204)
    started = await operator.call("POST", "/uploads", 201, json={"name": "a", "size": 3})
    server = storage.servers[started["server"]["name"]]
    pool = await connect(storage.database.owner)
    if is_late:
        await pool.execute(REMOVE, server.id)
        await forget_stragglers(pool)
    else:
        await operator.call("DELETE", f"/servers/{server.id}")
    assert sent["server"]["name"] == given_up["server"]["name"] == server.name
    usage = await operator.call("GET", "/usage")
    assert (usage["reserved_bytes"], usage["files"]) == (0, 0)
    assert storage.client.app is not None
    await storage.client.app[FLEET].refresh()
    assert (await operator.call("GET", f"/uploads/{started['id']}"))["state"] == "ended"
    ended = await operator.call("POST", f"/uploads/{started['id']}/complete", 410)
    assert ended["code"] == "UPLOAD_EXPIRED"
    assert (await operator.call("GET", "/uploads"))["items"] == []
    (shown,) = (await operator.call("GET", "/drops"))["items"]
    assert shown["files"] == 0
    assert await pool.fetchval(LOOKS, server.id) == 0
    await pool.close()
    again = await operator.upload("a", b"abc")
    assert (again["name"], again["version"]) == ("a", 1)


async def test_a_city_lost_during_a_drain_is_named(operator: Person, storage: Storage) -> None:
    file = await operator.upload("a", b"abc")
    name = holder(file)
    lost = next(other for other in storage.servers if other != name)
    path = f"/servers/{storage.servers[name].id}"
    await operator.call("POST", f"{path}/drain")
    await operator.call("PATCH", f"/servers/{storage.servers[lost].id}", json={"is_on": False})
    pool = await connect(storage.database.owner)
    await look_at_drains(pool, "key")
    await pool.close()
    progress = await operator.call("GET", f"{path}/progress")
    assert (progress["state"], progress["files"]) == ("running", 1)
    assert progress["blockers"] == [f"{lost} does not answer."]
