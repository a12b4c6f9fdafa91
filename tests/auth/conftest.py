"""The real auth application on real servers."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import signal
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson
import pytest
from aiohttp import ClientResponse, DummyCookieJar, web
from aiohttp.test_utils import TestClient
from argon2 import PasswordHasher

from services.auth.app import make_auth
from services.auth.attempts import lanes
from services.auth.settings import AuthSettings, Settings
from shared.env import GeoSettings, HttpSettings, SharedSettings
from shared.passwords import hashing
from shared.throttle.lanes import Rule
from shared.vault import new_key
from tests.auth.mailbox import Mailbox
from tests.free_port import free_port
from tests.shapes import check_shape, read_document

if TYPE_CHECKING:
    from shared.db import Pool
    from tests.conftest import Database

API = "/auth/api/v1"
PUBLIC_URL = "http://meridian.example"
PASSWORD = "seven green boats at noon"
START_SECONDS = 60

# Modules in which a hash costs what it costs people; elsewhere hundreds of them prove nothing.
REAL_HASHES = {
    "test_account_figures",
    "test_forgot",
    "test_login",
    "test_secrets",
    "test_throttling",
}
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

GIVE_ONLY = """
WITH taken AS (DELETE FROM auth.user_roles WHERE user_id = $1),
role AS (INSERT INTO auth.roles (name) VALUES ($2) RETURNING id),
given AS (
    INSERT INTO auth.role_permissions (role_id, permission_id)
    SELECT role.id, permissions.id FROM role, auth.permissions
    WHERE permissions.name = ANY ($3::text[]))
INSERT INTO auth.user_roles (user_id, role_id) SELECT $1, role.id FROM role
"""


@pytest.fixture(autouse=True)
def hashes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make hashes cheap where their cost does not matter."""
    if request.node.path.stem not in REAL_HASHES:
        monkeypatch.setattr(hashing, "HASHER", CHEAP)
    hashing.hash_of_nobody.cache_clear()


@pytest.fixture(autouse=True)
def long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has to wait waits longer than a machine under load pauses."""
    for name, rule in tuple(vars(lanes).items()):
        if isinstance(rule, Rule):
            monkeypatch.setattr(lanes, name, replace(rule, first=rule.longest))


Client: TypeAlias = "TestClient[web.Request, web.Application]"
Serve: TypeAlias = Callable[..., Awaitable[Client]]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def parts_of(token: str) -> list[dict[str, Any]]:
    """Read header and claims of a token."""
    return [
        orjson.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        for part in token.split(".")[:2]
    ]


@dataclass(slots=True)
class Auth:
    """A running service; every answer is held against its OpenAPI document."""

    client: Client
    settings: Settings
    document: dict[str, Any] = field(repr=False)
    last: ClientResponse | None = None

    async def call(
        self, method: str, path: str, status: int, token: str | None = None, **options: Any
    ) -> Any:
        """Call the service, expect a status, and return the body."""
        headers = {**options.pop("headers", {}), **(bearer(token) if token else {})}
        async with self.client.request(method, API + path, headers=headers, **options) as answer:
            body = await check_shape(self.document, answer)
            assert answer.status == status, body
            self.last = answer
            return body

    async def register(self, username: str = "", **more: Any) -> dict[str, Any]:
        """Add a user."""
        name = username or f"user-{uuid.uuid4().hex[:12]}"
        account = {"username": name, "email": f"{name}@example.com", "password": PASSWORD}
        user: dict[str, Any] = await self.call("POST", "/register", 201, json=account | more)
        return user

    async def login(self, username: str, password: str = PASSWORD, **more: Any) -> dict[str, Any]:
        """Open a session."""
        body = {"username": username, "password": password}
        pair: dict[str, Any] = await self.call("POST", "/login", 200, json=body, **more)
        return pair

    async def newcomer(self) -> dict[str, Any]:
        """Add a user and open a session: the user's fields and the tokens."""
        user = await self.register()
        return user | await self.login(user["username"])

    async def superuser(self, db: Pool) -> dict[str, Any]:
        """Add somebody who may do everything, and open a session."""
        user = await self.register()
        await db.execute("UPDATE auth.users SET is_superuser = true WHERE id = $1", user["id"])
        return user | await self.login(user["username"])

    async def worker(self, db: Pool, *permissions: str) -> dict[str, Any]:
        """Add somebody whose only role has just these permissions, and open a session."""
        user = await self.register()
        await db.execute(GIVE_ONLY, user["id"], f"role-{uuid.uuid4().hex[:12]}", permissions)
        return user | await self.login(user["username"])

    async def refresh(self, token: str, status: int = 200) -> dict[str, Any]:
        """Use a refresh token."""
        body = {"refresh_token": token}
        pair: dict[str, Any] = await self.call("POST", "/refresh", status, json=body)
        return pair


@pytest.fixture
def settings(database: Database, redis_url: str) -> Settings:
    """Settings that a test may change before the service starts."""
    return Settings(
        shared=SharedSettings(
            database_url=database.auth,
            redis_url=redis_url,
            secret_keys=(new_key(),),
            log_level="info",
            log_format="json",
        ),
        http=HttpSettings(trusted_proxies=(), public_url=PUBLIC_URL),
        geo=GeoSettings(),
        auth=AuthSettings(
            host="127.0.0.1",
            port=8081,
            processes=1,
            access_seconds=600,
            refresh_seconds=3600,
            argon2_threads=2,
            login_history_months=12,
        ),
    )


Start: TypeAlias = Callable[[Settings], Awaitable[Auth]]


@pytest.fixture
def start(
    aiohttp_client: Serve,
) -> Start:
    """Start a service with the given settings."""

    async def start_auth(settings: Settings) -> Auth:
        app = make_auth(settings)
        client = await aiohttp_client(app, cookie_jar=DummyCookieJar())
        async with client.get("/auth/api/openapi.json") as answer:
            return Auth(client, settings, read_document(await answer.read()))

    return start_auth


@pytest.fixture
async def auth(start: Start, settings: Settings) -> Auth:
    """A running service."""
    return await start(settings)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server that keeps what it takes."""
    box = Mailbox()
    with box.serving():
        yield box


@pytest.fixture
def db(owner_pool: Pool) -> Pool:
    """The tables behind the service."""
    return owner_pool


def environment(settings: Settings, port: int = 0) -> dict[str, str]:
    """Write settings as the environment of a process."""
    return {
        **os.environ,
        "MERIDIAN_DATABASE_URL": settings.shared.database_url,
        "MERIDIAN_REDIS_URL": settings.shared.redis_url,
        "MERIDIAN_SECRET_KEYS": ",".join(settings.shared.secret_keys),
        "MERIDIAN_PUBLIC_URL": settings.http.public_url,
        "MERIDIAN_AUTH_PORT": str(port or 8081),
    }


@dataclass(slots=True)
class Finished:
    """What a command said."""

    code: int
    out: str
    err: str


async def run_command(
    settings: Settings, *arguments: str, stdin: str = "", **variables: str
) -> Finished:
    """Run `python -m services.auth …` to its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.auth",
        *arguments,
        env=environment(settings) | variables,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(stdin.encode())
    return Finished(process.returncode or 0, out.decode(), err.decode())


@dataclass(slots=True)
class Neighbour:
    """The service in a process of its own."""

    url: str
    process: asyncio.subprocess.Process
    log: bytearray = field(default_factory=bytearray)

    async def stop(self) -> str:
        """Stop it and return all that it logged."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        assert self.process.stderr is not None
        self.log += await self.process.stderr.read()
        await self.process.wait()
        return self.log.decode()


@pytest.fixture
async def neighbour(settings: Settings) -> AsyncIterator[Neighbour]:
    """A second process of the service, on the same database and Redis."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.auth",
        "serve",
        env=environment(settings, port) | {"MERIDIAN_LOG_LEVEL": "debug"},
        stderr=asyncio.subprocess.PIPE,
        limit=10_000_000,
    )
    neighbour = Neighbour(f"http://127.0.0.1:{port}{API}", process)
    assert process.stderr is not None
    try:
        async with asyncio.timeout(START_SECONDS):
            while b"listening" not in neighbour.log:
                line = await process.stderr.readline()
                assert line, neighbour.log.decode()
                neighbour.log += line
        yield neighbour
    finally:
        await neighbour.stop()


@dataclass(slots=True)
class Line:
    """A TCP line to Redis that a test can cut and mend."""

    host: str
    port: int
    target: tuple[str, int]
    server: asyncio.Server | None = None
    writers: set[asyncio.StreamWriter] = field(default_factory=set)
    pumps: set[asyncio.Task[None]] = field(default_factory=set)

    async def mend(self) -> None:
        """Let connections through."""
        self.server = await asyncio.start_server(self._connect, self.host, self.port)

    async def cut(self) -> None:
        """Refuse new connections and break the others."""
        if self.server:
            self.server.close()
        for writer in self.writers:
            writer.close()
        for pump in self.pumps:
            pump.cancel()
        await asyncio.gather(*self.pumps, return_exceptions=True)
        self.writers.clear()
        self.pumps.clear()

    async def _connect(self, near: asyncio.StreamReader, near_writer: asyncio.StreamWriter) -> None:
        far, far_writer = await asyncio.open_connection(*self.target)
        self.writers |= {near_writer, far_writer}
        self.pumps.add(asyncio.create_task(pump(near, far_writer)))
        self.pumps.add(asyncio.create_task(pump(far, near_writer)))


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Move bytes one way."""
    with contextlib.suppress(OSError):
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    writer.close()


@pytest.fixture
async def line(redis_url: str) -> AsyncIterator[Line]:
    """A line to Redis."""
    host, _, port = redis_url.rpartition("@")[2].partition("/")[0].partition(":")
    line = Line("127.0.0.1", free_port(), (host, int(port)))
    await line.mend()
    yield line
    await line.cut()


@pytest.fixture
def settings_by_line(settings: Settings, line: Line) -> Settings:
    """Settings that reach Redis over the line."""
    head, at, _ = settings.shared.redis_url.rpartition("@")
    url = f"{head}{at}{line.host}:{line.port}/0"
    return replace(settings, shared=replace(settings.shared, redis_url=url))
