"""Stores on a real S3 node, and on lines and servers that misbehave."""

from __future__ import annotations

import asyncio
import hashlib
import os
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from services.local.process.child import Child, start_child
from services.local.process.guard import start_guard
from services.local.process.ports import keep_ports
from services.local.run.home import open_home
from services.local.servers.node import Node
from shared.catalog.servers import Server
from shared.stores import control, wire
from shared.stores.addresses import AddressRules
from shared.stores.errors import (
    ObjectMissing,
    ObjectRefused,
    Redirected,
    StoreBusy,
    StoreFailing,
    StoreForbidden,
    StoreFull,
    StoreRefused,
    StoreUnavailable,
)
from shared.stores.store import Store
from shared.stores.stores import Stores
from shared.stores.wire import Wire
from shared.vault import Vault, VaultError, new_key
from tests.conftest import Servers

VAULT = Vault([new_key()])
LONG = 60.0
Handler = Callable[[web.Request], web.StreamResponse]


def make_server(endpoint: str, **changes: Any) -> Server:
    values: dict[str, Any] = {
        "id": uuid4(),
        "name": "somewhere",
        "endpoint": endpoint,
        "public_endpoint": "https://public.example",
        "region": "us-east-1",
        "bucket": "meridian",
        "access_key": "access",
        "secret_key_encrypted": VAULT.encrypt("very-secret"),
        "hook_secret_hash": b"",
        "city": "Somewhere",
        "zone": "zone",
        "latitude": 0.0,
        "longitude": 0.0,
        "is_on": True,
        "is_active": True,
        "capabilities": {},
        "updated_at": datetime.now(UTC),
    }
    return Server(**{**values, **changes})


@pytest.fixture(scope="session")
def node(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    home = open_home(tmp_path_factory.mktemp("one-city"))
    port = keep_ports(home, ["node"])["node"]
    node = Node("somewhere", home.subfolder("somewhere"), port, "access", "very-secret")
    with start_guard() as guard:

        async def begin() -> Child:
            child = await start_child(node.command(), guard, home.logs)
            await child.until_ready()
            return child

        child = servers.run(begin())
        yield node
        servers.run(child.stop(2))


@pytest.fixture
async def stores() -> AsyncIterator[Stores]:
    async with Stores(VAULT) as stores:
        yield stores


@pytest.fixture
async def store(node: Node, stores: Stores) -> Store:
    return stores.of(make_server(node.endpoint))


async def read(store: Store, key: str) -> bytes:
    async with store.open(key) as content:
        return b"".join([piece async for piece in content])


async def pieces(*content: bytes) -> AsyncIterator[bytes]:
    for piece in content:
        yield piece


async def test_an_object_comes_and_goes(store: Store) -> None:
    content, key = os.urandom(100_000), f"a/{uuid4()}"
    etag = await store.put(key, content, len(content), content_type="image/png")
    assert etag == hashlib.md5(content).hexdigest()
    found = await store.head(key)
    assert found is not None
    assert found.size == len(content)
    assert await read(store, key) == content
    await store.copy(key, f"{key}-copy")
    assert await read(store, f"{key}-copy") == content
    listed = [item async for item in store.bucket.list(key)]
    assert [(item.key, item.size) for item in listed] == [
        (key, len(content)),
        (f"{key}-copy", len(content)),
    ]
    for name in (key, f"{key}-copy"):
        await store.delete(name)
        assert await store.head(name) is None


async def test_an_empty_object(store: Store) -> None:
    key = str(uuid4())
    await store.put(key, b"", 0)
    found = await store.head(key)
    assert found is not None
    assert found.size == 0
    assert await read(store, key) == b""
    await store.delete(key)


async def test_a_stream_of_known_size(store: Store) -> None:
    content, key = os.urandom(3_000_000), str(uuid4())
    parts = [content[start : start + 70_001] for start in range(0, len(content), 70_001)]
    assert await store.put(key, pieces(*parts), len(content)) == hashlib.md5(content).hexdigest()
    assert await read(store, key) == content
    await store.delete(key)


async def test_a_stream_that_breaks_off_leaves_nothing(store: Store) -> None:
    key = str(uuid4())

    async def broken() -> AsyncIterator[bytes]:
        yield os.urandom(100_000)
        raise RuntimeError("the reader died")

    with pytest.raises(StoreUnavailable):
        await store.put(key, broken(), 200_000)
    await asyncio.sleep(0.2)
    assert await store.head(key) is None


async def test_what_is_missing(store: Store) -> None:
    assert await store.head("no such key") is None
    await store.delete("no such key")
    with pytest.raises(ObjectMissing):
        await read(store, "no such key")
    with pytest.raises(ObjectMissing):
        await store.copy("no such key", "somewhere else")


async def test_strange_keys(store: Store) -> None:
    for key in ("a b/c+d", "ä/日本", "a%2Fb", "x?y=z&w", "semi;colon"):
        await store.put(key, b"here", 4)
        assert await read(store, key) == b"here"
        assert [item.key async for item in store.bucket.list(key)] == [key]
        await store.delete(key)
        assert await store.head(key) is None


async def test_parts(store: Store) -> None:
    content, key = os.urandom(5 * 1024**2 + 10), str(uuid4())
    cut = 5 * 1024**2
    upload_id = await store.multipart.create(key)
    uploads = [(found.key, found.upload_id) async for found in store.multipart.list_uploads(key)]
    assert uploads == [(key, upload_id)]
    etags = [
        await store.multipart.put(key, upload_id, 1, pieces(content[:cut]), cut),
        await store.multipart.put(key, upload_id, 2, content[cut:], 10),
    ]
    assert etags[1] == hashlib.md5(content[cut:]).hexdigest()
    parts = await store.multipart.list_parts(key, upload_id)
    assert [(part.number, part.size) for part in parts] == [(1, cut), (2, 10)]
    assert await store.head(key) is None
    await store.multipart.complete(key, upload_id, etags)
    assert await read(store, key) == content
    await store.delete(key)


async def test_aborting_twice_is_fine(store: Store) -> None:
    key = str(uuid4())
    upload_id = await store.multipart.create(key)
    await store.multipart.abort(key, upload_id)
    await store.multipart.abort(key, upload_id)
    assert [found async for found in store.multipart.list_uploads(key)] == []


async def test_aborting_all_leaves_other_keys_alone(store: Store) -> None:
    key = str(uuid4())
    for _ in range(3):
        await store.multipart.create(key)
    other = await store.multipart.create(f"{key}-other")
    await store.multipart.abort_all(key)
    left = [(found.key, found.upload_id) async for found in store.multipart.list_uploads(key)]
    assert left == [(f"{key}-other", other)]
    await store.multipart.abort(f"{key}-other", other)


async def test_wrong_keys_are_refused(node: Node, stores: Stores) -> None:
    server = make_server(node.endpoint, secret_key_encrypted=VAULT.encrypt("wrong-secret"))
    store = stores.of(server)
    with pytest.raises(StoreRefused):
        await store.put("key", b"", 0)
    with pytest.raises(StoreRefused):
        await store.copy("key", "other")
    assert not store.health.is_down


async def test_an_expired_deletion_is_refused_by_the_server(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = str(uuid4())
    await store.put(key, b"here", 4)
    real = wire.Wire.send

    async def late(*arguments: object, **options: object) -> object:
        await asyncio.sleep(2.1)
        return await real(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(wire.Wire, "send", late)
    with pytest.raises(StoreRefused):
        await store.delete(key, within_seconds=1)
    monkeypatch.undo()
    assert await store.head(key) is not None
    await store.delete(key)


async def test_a_bucket_that_is_not_there(node: Node, stores: Stores) -> None:
    store = stores.of(make_server(node.endpoint, bucket="nowhere"))
    with pytest.raises(StoreUnavailable, match="NoSuchBucket"):
        await store.put("key", b"1", 1)
    with pytest.raises(StoreUnavailable, match="NoSuchBucket"):
        await read(store, "key")
    await store.bucket.ensure()
    await store.bucket.ensure()
    await store.put("key", b"1", 1)
    await store.delete("key")


async def test_the_time_it_takes_to_make_a_client_is_not_the_server_s(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, loop = control.SESSION.create_client, asyncio.get_running_loop()
    now = loop.time

    @asynccontextmanager
    async def slowly(*what: Any, **settings: Any) -> AsyncIterator[Any]:
        monkeypatch.setattr(loop, "time", lambda: now() + LONG)
        await asyncio.sleep(0.01)
        async with make(*what, **settings) as client:
            yield client

    monkeypatch.setattr(control.SESSION, "create_client", slowly)
    async with store.control.call("look at the bucket", LONG / 2) as client:
        await client.head_bucket(Bucket=store.server.bucket)


async def test_a_changed_row_opens_another_store(node: Node, stores: Stores) -> None:
    server = make_server("http://127.0.0.1:1")
    old = stores.of(server)
    with pytest.raises(StoreUnavailable):
        await old.head("key")
    assert stores.of(replace(server, latitude=1.0)) is old
    new = stores.of(replace(server, endpoint=node.endpoint))
    assert new is not old
    assert await new.head("key") is None


async def test_public_urls_name_the_public_address(stores: Stores) -> None:
    server = make_server("http://inside.example")
    url = stores.presign(server, "GET", "a/b", 60, query={"response-content-type": "text/plain"})
    assert url.startswith("https://public.example/meridian/a/b?response-content-type=text%2Fplain&")


async def test_secrets_of_another_vault_are_refused(stores: Stores) -> None:
    sealed = Vault([new_key()]).encrypt("secret")
    with pytest.raises(VaultError):
        stores.of(make_server("http://a.example", secret_key_encrypted=sealed))


ERROR = "<Error><Code>{}</Code></Error>"


@pytest.fixture
async def answering(stores: Stores) -> AsyncIterator[Callable[..., object]]:
    """Make a store whose server always gives the same answer, and counts the questions."""
    running: list[TestServer] = []

    async def make(status: int, code: str = "", **headers: str) -> tuple[Store, list[str]]:
        asked: list[str] = []

        async def answer(request: web.Request) -> web.Response:
            asked.append(f"{request.method} {request.path}")
            return web.Response(status=status, text=ERROR.format(code), headers=headers)

        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", answer)
        server = TestServer(app)
        await server.start_server()
        running.append(server)
        return stores.of(make_server(str(server.make_url("")).rstrip("/"))), asked

    yield make
    for server in running:
        await server.close()


CLASSES = [
    (500, "InternalError", StoreFailing),
    (503, "SlowDown", StoreBusy),
    (429, "", StoreBusy),
    (507, "", StoreFull),
    (507, "XMinioStorageFull", StoreFull),
    (400, "XMinioAdminBucketQuotaExceeded", StoreFull),
    (404, "NoSuchKey", ObjectMissing),
    (404, "NoSuchBucket", StoreFailing),
    (403, "AccessDenied", StoreForbidden),
    (400, "BadDigest", ObjectRefused),
]


@pytest.mark.parametrize(("status", "code", "error_class"), CLASSES)
async def test_answers_become_errors(
    answering: Callable[..., object], status: int, code: str, error_class: type[Exception]
) -> None:
    store, _ = await answering(status, code)  # type: ignore[misc]
    calls = [store.put("key", b"1", 1), read(store, "key"), store.copy("key", "other")]
    for call in calls:
        with pytest.raises(error_class) as caught:
            await call
        assert caught.type is error_class
        assert "Signature" not in str(caught.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_refused_and_not_followed(
    answering: Callable[..., object], status: int
) -> None:
    other, elsewhere = await answering(200)  # type: ignore[misc]
    place = f"{other.server.endpoint}/meridian/key"
    store, _ = await answering(status, Location=place)  # type: ignore[misc]
    calls = [
        store.put("key", b"secret", 6),
        store.put("key", pieces(b"secret"), 6),
        read(store, "key"),
        store.delete("key"),
        store.copy("key", "other"),
        store.multipart.create("key"),
    ]
    for call in calls:
        with pytest.raises(Redirected):
            await call
    assert elsewhere == []


async def test_a_success_that_holds_an_error_is_one(answering: Callable[..., object]) -> None:
    store, _ = await answering(200, "InternalError")  # type: ignore[misc]
    with pytest.raises(StoreUnavailable):
        await store.multipart.complete("key", "upload", ["etag"])
    with pytest.raises(StoreUnavailable):
        await store.copy("key", "other")


async def test_health_goes_down_and_up(
    answering: Callable[..., object], node: Node, stores: Stores
) -> None:
    store, _ = await answering(500)  # type: ignore[misc]
    for _ in range(3):
        assert not store.health.is_down
        with pytest.raises(StoreUnavailable):
            await store.head("key")
    assert store.health.is_down
    store.health.succeeded()
    assert not store.health.is_down
    assert not store.health.is_slow


async def test_a_server_that_says_nothing(stores: Stores) -> None:

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    line = Wire()
    with pytest.raises(StoreUnavailable, match="Timeout"):
        await line.send("GET", f"http://127.0.0.1:{port}/", silence_seconds=0.2)
    await line.close()
    server.close()


async def test_an_idle_connection_is_not_used_again_after_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """aiohttp's timer of an answer can outlive it; only a connection let go in time is safe."""
    monkeypatch.setattr(wire, "KEEP_SECONDS", 0.1)
    connections = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    line = Wire()
    for pause in (0.0, 0.3):
        async with await line.send("GET", f"http://127.0.0.1:{port}/", silence_seconds=0.2):
            pass
        await asyncio.sleep(pause)
    async with await line.send("GET", f"http://127.0.0.1:{port}/", silence_seconds=0.2):
        pass
    assert len(connections) == 2
    await line.close()
    server.close()
    for writer in connections:
        writer.close()


def self_signed(folder: Path) -> ssl.SSLContext:
    """What a server shows that only claims to be 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    shown = folder / "shown.pem"
    shown.write_bytes(secret + certificate.public_bytes(Encoding.PEM))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(shown)
    return context


async def test_a_server_that_only_claims_its_name_is_told_nothing(
    stores: Stores, tmp_path: Path
) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", answer)
    server = TestServer(app, scheme="https")
    await server.start_server(ssl=self_signed(tmp_path))
    store = stores.of(make_server(str(server.make_url("")).rstrip("/")))
    calls = [
        store.put("key", b"secret", 6),
        read(store, "key"),
        store.copy("key", "other"),
        store.multipart.create("key"),
    ]
    for call in calls:
        with pytest.raises(StoreUnavailable, match=r"Certificate|SSL"):
            await call
    assert asked == []
    await server.close()


async def test_nothing_is_sent_where_nobody_may_be_sent(node: Node) -> None:
    async with Stores(VAULT, AddressRules(allow_local=False)) as strict:
        store = strict.of(make_server(node.endpoint))
        with pytest.raises(StoreUnavailable):
            await store.head("key")
        with pytest.raises(StoreUnavailable):
            await store.bucket.ensure()
