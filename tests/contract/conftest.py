"""The services as they are, with a database and a Redis, and somebody who may do everything."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from examples.movies.app import make_movies
from examples.movies.settings import read_settings as read_movies_settings
from services.auth.app import make_auth
from services.auth.settings import read_settings as read_auth_settings
from services.storage.app import make_storage
from services.storage.settings import read_settings as read_storage_settings
from shared.catalog.servers import NewServer, upsert_server
from shared.env import environment, read_http, read_shared
from shared.vault import Vault, new_key
from tests.free_port import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.db import Pool
    from tests.conftest import Database

PERSON = {"username": "ann", "password": "seven green boats at noon"}
FIRST_ADDRESS = 0x0B00_0000
PLACES = itertools.count()
# An S3 server that cannot send a secret: its webhook is open to anybody. Nothing listens there.
SILENT = NewServer(
    name="silent",
    endpoint="http://127.0.0.1:1",
    public_endpoint="http://127.0.0.1:1",
    bucket="meridian",
    access_key="key",
    secret_key="a-secret-of-some-length",
    hook_secret="another-secret-of-length",
    city="Nowhere",
    zone="none",
    latitude=0,
    longitude=0,
    capabilities={"hook_without_secret": True},
)


@dataclass(slots=True)
class Services:
    """Running services by name, and a token of a superuser."""

    servers: dict[str, TestServer]
    key: str
    token: str = ""

    def __getitem__(self, service: str) -> TestServer:
        return self.servers[service]


@pytest.fixture
async def services(
    database: Database, owner_pool: Pool, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Services]:
    """The real services on real servers."""
    key, port = new_key(), free_port()
    monkeypatch.setenv("MERIDIAN_SECRET_KEYS", key)
    monkeypatch.setenv("MERIDIAN_REDIS_URL", redis_url)
    monkeypatch.setenv("MERIDIAN_GEO_USE_REAL_IP", "false")
    monkeypatch.setenv("MERIDIAN_ALLOW_LOCAL_SERVERS", "true")
    monkeypatch.setenv(
        "MERIDIAN_JWKS_URL", f"http://127.0.0.1:{port}/auth/api/v1/.well-known/jwks.json"
    )
    monkeypatch.setenv("MERIDIAN_DATABASE_URL", database.auth)
    auth = TestServer(make_auth(read_auth_settings()), port=port)
    await auth.start_server()
    await upsert_server(owner_pool, Vault([key]), SILENT)
    monkeypatch.setenv("MERIDIAN_DATABASE_URL", database.storage)
    env = environment()
    settings = read_storage_settings(env)
    storage = TestServer(make_storage(read_shared(env), read_http(env), settings))
    await storage.start_server()
    await register(auth, owner_pool)
    monkeypatch.setenv("MERIDIAN_DATABASE_URL", database.movies)
    monkeypatch.setenv("MERIDIAN_STORAGE_URL", str(storage.make_url("/storage/api/v1")))
    monkeypatch.setenv("MERIDIAN_MOVIES_USERNAME", PERSON["username"])
    monkeypatch.setenv("MERIDIAN_MOVIES_PASSWORD", PERSON["password"])
    env = environment()
    movies = TestServer(make_movies(read_shared(env), read_http(env), read_movies_settings(env)))
    await movies.start_server()
    started = Services({"auth": auth, "storage": storage, "movies": movies}, key)
    started.token = await log_in(auth)
    yield started
    for server in reversed(started.servers.values()):
        await server.close()


async def register(auth: TestServer, owner: Pool) -> None:
    """Make a superuser."""
    account = PERSON | {"email": "ann@example.com", "first_name": "Ann", "last_name": "Lee"}
    async with (
        aiohttp.ClientSession(auth.make_url("/auth/api/v1/")) as session,
        session.post("register", json=account) as answer,
    ):
        assert answer.status == 201, await answer.text()
    await owner.execute("UPDATE auth.users SET is_superuser = true")


async def log_in(auth: TestServer) -> str:
    """Open a session, from a place of its own: many from one place have to wait."""
    headers = {"X-Fake-IP": str(IPv4Address(FIRST_ADDRESS + next(PLACES) * 0x1_0000))}
    async with (
        aiohttp.ClientSession(auth.make_url("/auth/api/v1/"), headers=headers) as session,
        session.post("login", json=PERSON) as answer,
    ):
        assert answer.status == 200, await answer.text()
        token: str = (await answer.json())["access_token"]
        return token
