"""Three cities on real S3 nodes behind lines that can fail, and a catalog to copy by."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from services.replicator.copying import pace, settle
from services.replicator.run import work
from services.replicator.settings import ReplicatorSettings
from services.replicator.stream import Stream
from services.storage.events.outbox import mark_published, take_waiting
from shared.catalog.outbox import insert_events
from shared.catalog.servers import Server, upsert_server
from shared.catalog.versions import Version, find_version, mark_stored
from shared.db import connect
from shared.events import FILES_STREAM, REPLICATOR_GROUP, FileDeleted
from shared.ids import new_id
from shared.redis import open_redis
from shared.stores.store import Store
from shared.stores.stores import Stores
from shared.vault import Vault, new_key
from tests.conftest import Database
from tests.world.calm import PATIENCE_SECONDS
from tests.world.cities import NAMES, NEW_YORK, City
from tests.world.wire import Wire, wire_to

if TYPE_CHECKING:
    from shared.db import Pool

VAULT_KEY = new_key()
# Nothing is taken over, and so copied twice, because the machine paused: a test that is about
# leases names a shorter one.
SETTINGS = ReplicatorSettings(lease_seconds=60, sweep_seconds=0.2)
PATIENCE = 20.0
SOON = "UPDATE storage.replicas SET next_attempt_at = now() WHERE version_id = $1"

INSERT_VERSION = """
WITH file AS (
    INSERT INTO storage.files (owner_id, name, name_key, name_fold, current_version_id, size)
    VALUES ($1, $2, $2, $2, $3, $5) RETURNING id
)
INSERT INTO storage.versions (owner_id, id, file_id, number, key, size, content_type, sha256,
    created_by, upload_server_id, upload_expires_at)
SELECT $1, $3, file.id, 1, $4, $5, 'application/x-test', $6, $1, $7, now() FROM file
"""
LIST_REPLICAS = "SELECT * FROM storage.replicas WHERE owner_id = $1 AND version_id = $2"
MARK_DELETING = """
UPDATE storage.versions SET state = 'DELETING'
WHERE owner_id = $1 AND id = $2 AND state = 'STORED'
"""


@dataclass(slots=True)
class World:
    """Everything a copy needs, seen from above."""

    database: Database
    redis_url: str
    pool: Pool
    stream: Stream
    stores: Stores
    behind: Stores
    servers: dict[str, Server]
    cities: dict[str, City]
    wires: dict[str, Wire]
    versions: list[Version] = field(default_factory=list)

    def store(self, city: str) -> Store:
        """The store of a city, behind its line."""
        return self.stores.of(self.servers[city])

    def direct(self, city: str) -> Store:
        """The store of a city, past its line."""
        server = self.servers[city]
        return self.behind.of(replace(server, endpoint=server.public_endpoint))

    async def put(self, city: str, key: str, content: bytes) -> None:
        """Write an object past the line of its city."""

        async def pieces() -> AsyncIterator[bytes]:
            for start in range(0, len(content), 262_144):
                yield content[start : start + 262_144]

        await self.direct(city).put(key, pieces() if content else b"", len(content))

    def path(self, city: str, version: Version) -> Path:
        """Where a node keeps the object."""
        return self.cities[city].folder / version.key

    async def upload(
        self,
        content: bytes,
        *,
        city: str = NEW_YORK,
        knows_sha256: bool = True,
        etag: str | None = None,
        tell: bool = True,
    ) -> Version:
        """Make a version STORED as the storage service does, its bytes on one server."""
        version = await self.start(content, city=city, knows_sha256=knows_sha256)
        assert await mark_stored(self.pool, version, version.sha256, etag)
        if tell:
            await self.relay()
        return await self.version(version)

    async def start(
        self, content: bytes, *, city: str = NEW_YORK, knows_sha256: bool = True
    ) -> Version:
        """Make a PENDING version whose bytes are on one server."""
        owner_id, version_id = new_id(), new_id()
        key = f"object-{uuid.uuid4().hex}"
        await self.put(city, key, content)
        await self.pool.execute(
            INSERT_VERSION,
            owner_id,
            f"{version_id}.bin",
            version_id,
            key,
            len(content),
            hashlib.sha256(content).digest() if knows_sha256 else None,
            self.servers[city].id,
        )
        version = await find_version(self.pool, owner_id, version_id)
        assert version is not None
        self.versions.append(version)
        return version

    async def delete(self, version: Version, *, tell: bool = True) -> None:
        """Mark a version as the storage service does when its file is deleted."""
        async with self.pool.acquire() as db, db.transaction():
            await db.execute(MARK_DELETING, version.owner_id, version.id)
            event = FileDeleted(
                file_id=version.file_id, version_id=version.id, owner_id=version.owner_id
            )
            await insert_events(db, [event])
        if tell:
            await self.relay()

    async def relay(self) -> None:
        """Move what waits in the outbox to the stream."""
        async with self.pool.acquire() as db, db.transaction():
            waiting = await take_waiting(db, 1000)
            await self.stream.add([event.entry for event in waiting if not event.is_bulk])
            await self.stream.bulk.add([event.entry for event in waiting if event.is_bulk])
            await mark_published(db, [event.id for event in waiting])

    async def version(self, version: Version) -> Version:
        """The version as it is now."""
        now = await find_version(self.pool, version.owner_id, version.id)
        assert now is not None
        return now

    async def states(self, version: Version) -> dict[str, str]:
        """The state of each replica by city."""
        replicas = await self.rows(version)
        found = {replica.server_id: replica.state for replica in replicas}
        return {name: found.get(server.id, "") for name, server in self.servers.items()}

    async def rows(self, version: Version) -> list[Any]:
        """The rows of all replicas of a version."""
        found = await self.pool.fetch(LIST_REPLICAS, version.owner_id, version.id)
        return [SimpleNamespace(**row) for row in found]

    async def row(self, version: Version, city: str) -> Any:
        """The whole row of a replica."""
        replicas = await self.rows(version)
        return next(row for row in replicas if row.server_id == self.servers[city].id)

    async def until(
        self, version: Version, seconds: float = PATIENCE, **states: str
    ) -> dict[str, str]:
        """Wait until replicas are in these states: `new_york="READY"`, or `every="READY"`."""
        every = states.pop("every", None)
        wanted = dict.fromkeys(NAMES, every) if every else {}
        wanted |= {name.replace("_", "-"): state for name, state in states.items()}
        found: dict[str, str] = {}
        try:
            async with asyncio.timeout(seconds):
                while True:
                    found = await self.states(version)
                    if all(found[name] == state for name, state in wanted.items()):
                        return found
                    await asyncio.sleep(0.01)
        except TimeoutError:
            rows = await self.rows(version)
            errors = [row.last_error for row in rows]
            raise AssertionError(f"wanted {wanted}, found {found}, errors {errors}") from None

    async def until_gone(self, version: Version) -> None:
        """Wait until nothing is left of a version."""
        await self.until(version, every="GONE")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (await self.version(version)).state != "GONE":
                await asyncio.sleep(0.01)

    async def check(self) -> None:
        """What has to hold in the end, of all rows and of all objects."""
        kept: dict[str, set[str]] = {name: set() for name in NAMES}
        for uploaded in self.versions:
            version = await self.version(uploaded)
            for name, state in (await self.states(version)).items():
                if state == "READY":
                    kept[name].add(version.key)
                    content = self.path(name, version).read_bytes()
                    assert len(content) == version.size
                    assert hashlib.sha256(content).digest() == version.sha256
        for name, city in self.cities.items():
            found = {
                path.relative_to(city.folder).as_posix()
                for path in city.folder.rglob("*")
                if path.is_file()
            }
            assert found == kept[name], name
            uploads = [upload.key async for upload in self.direct(name).multipart.list_uploads()]
            assert not uploads, name


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give cities time on a machine under load: what is counted happens once."""
    monkeypatch.setattr(pace, "LAG_SECONDS", PATIENCE)


@pytest.fixture
def retries_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no copy be tried again before `SOON` says so, however late a test looks at the first."""
    monkeypatch.setattr(settle, "backoff", lambda *_: 3600.0)


@pytest.fixture
async def world(
    database: Database, redis_url: str, cities: dict[str, City]
) -> AsyncIterator[World]:
    """A fresh catalog with three servers behind lines."""
    async with AsyncExitStack() as stack:
        pool = await connect(database.owner, max_size=6)
        stack.push_async_callback(pool.close)
        redis = open_redis(redis_url, answer_seconds=5)
        stack.push_async_callback(redis.aclose)
        vault = Vault([VAULT_KEY])
        stores = await stack.enter_async_context(Stores(vault))
        behind = await stack.enter_async_context(Stores(vault))
        wires, servers = {}, {}
        for name, city in cities.items():
            await city.start()
            line = wires[name] = await stack.enter_async_context(wire_to(city.node.endpoint))
            known = city.as_server(endpoint=line.url(city.node.endpoint))
            servers[name] = await upsert_server(pool, vault, known)
        stream = Stream(redis, FILES_STREAM, REPLICATOR_GROUP)
        world = World(database, redis_url, pool, stream, stores, behind, servers, cities, wires)
        for city in cities.values():
            await city.clear()
        yield world


@asynccontextmanager
async def replicator(world: World, **changes: Any) -> AsyncIterator[None]:
    """A replicator in this process, with the rights and connections of a real one."""
    stop = asyncio.Event()
    pool = await connect(world.database.replicator, max_size=8)
    redis = open_redis(world.redis_url, answer_seconds=5)
    async with Stores(Vault([VAULT_KEY])) as stores:
        stream = Stream(redis, FILES_STREAM, REPLICATOR_GROUP)
        task = asyncio.create_task(work(pool, stores, stream, replace(SETTINGS, **changes), stop))
        try:
            yield
        finally:
            stop.set()
            await task
    await redis.aclose()
    await pool.close()


@dataclass(slots=True)
class Process:
    """A replicator of its own, which a test may kill."""

    process: asyncio.subprocess.Process

    @property
    def pid(self) -> int:
        return self.process.pid

    async def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    async def terminate(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return await self.process.wait()


@pytest.fixture
async def start_process(
    world: World, tmp_path: Path
) -> AsyncIterator[Callable[..., Awaitable[Process]]]:
    """Start real replicator processes; what a test leaves is killed."""
    started: list[Process] = []

    async def start(**settings: object) -> Process:
        environment = {
            **os.environ,
            "MERIDIAN_DATABASE_URL": world.database.replicator,
            "MERIDIAN_REDIS_URL": world.redis_url,
            "MERIDIAN_SECRET_KEYS": VAULT_KEY,
            "MERIDIAN_ALLOW_LOCAL_SERVERS": "true",
            "MERIDIAN_LEASE_SECONDS": "2",
            "MERIDIAN_SWEEP_SECONDS": "0.2",
            "MERIDIAN_LOG_FORMAT": "console",
            **{f"MERIDIAN_{name.upper()}": str(value) for name, value in settings.items()},
        }
        log = (tmp_path / f"replicator-{len(started)}.log").open("wb")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.replicator", "run", env=environment, stderr=log
        )
        log.close()
        started.append(Process(process))
        return started[-1]

    yield start
    for process in started:
        if process.process.returncode is None:
            await process.kill()
