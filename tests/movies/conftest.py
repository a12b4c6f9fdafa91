"""The films service beside the real auth and storage, either of which a test may end and start."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from yarl import URL

from examples.movies.app import make_movies
from examples.movies.settings import read_settings as read_movies_settings
from services.auth.app import make_auth
from services.auth.settings import read_settings as read_auth_settings
from services.storage.app import make_storage
from services.storage.settings import read_settings as read_storage_settings
from shared.catalog.servers import upsert_server
from shared.env import environment, read_http, read_shared
from shared.vault import Vault, new_key
from tests.free_port import free_port
from tests.shapes import check_shape, read_document
from tests.world.places import write_places

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from aiohttp import web

    from shared.db import Pool
    from tests.conftest import Database
    from tests.world.cities import City

PASSWORD = "seven green boats at noon"
GRANT = """
WITH role AS (INSERT INTO auth.roles (name) VALUES ($1) RETURNING id), permission AS (
    INSERT INTO auth.permissions (name) VALUES ($2)
    ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id
), given AS (
    INSERT INTO auth.role_permissions (role_id, permission_id)
    SELECT role.id, permission.id FROM role, permission)
SELECT id FROM role
"""
HOLD = """
INSERT INTO auth.user_roles (user_id, role_id)
SELECT id, $2 FROM auth.users WHERE username = $1
"""


@dataclass(slots=True)
class Service:
    """One service on a port of its own."""

    make: Callable[[], web.Application]
    port: int = field(default_factory=free_port)
    server: TestServer | None = None

    async def start(self) -> None:
        self.server = TestServer(self.make(), port=self.port)
        await self.server.start_server()

    async def stop(self) -> None:
        if self.server is not None:
            await self.server.close()
            self.server = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@dataclass(slots=True)
class Family:
    """Auth, storage and movies, and who calls them."""

    auth: Service
    storage: Service
    movies: Service
    session: aiohttp.ClientSession
    document: dict[str, Any] = field(default_factory=dict)
    degraded: str = ""

    async def sign_in(self, name: str) -> str:
        """Sign somebody in who is registered already; their token."""
        body = {"username": name, "password": PASSWORD}
        url = f"{self.auth.url}/auth/api/v1/login"
        async with self.session.post(url, json=body) as answer:
            assert answer.status == 200, await answer.text()
            return str((await answer.json())["access_token"])

    async def register(self, name: str) -> str:
        """Somebody new; their token."""
        body = {
            "username": name,
            "password": PASSWORD,
            "email": f"{name}@example.com",
            "first_name": name,
            "last_name": "Ray",
        }
        url = f"{self.auth.url}/auth/api/v1/register"
        async with self.session.post(url, json=body) as answer:
            assert answer.status == 201, await answer.text()
        return await self.sign_in(name)

    async def call(
        self, token: str, method: str, path: str, status: int = 200, **more: Any
    ) -> dict[str, Any]:
        """Call the films service; the body, which is what its document promises."""
        headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
        url = f"{self.movies.url}/movies/api/v1{path}"
        async with self.session.request(method, url, headers=headers, **more) as answer:
            assert answer.status == status, await answer.text()
            self.degraded = answer.headers.get("X-Degraded", "")
            return await check_shape(self.document, answer) or {}

    async def upload(self, token: str, name: str, content: bytes, **more: Any) -> str:
        """Upload a file to storage; its id."""
        headers = {"Authorization": f"Bearer {token}", "X-Fake-IP": "203.0.113.1"}
        base = f"{self.storage.url}/storage/api/v1/uploads"
        body = {"name": name, "size": len(content), **more}
        async with self.session.post(base, json=body, headers=headers) as answer:
            assert answer.status == 201, await answer.text()
            started = await answer.json()
        url = URL(started["url"], encoded=True)
        async with self.session.put(
            url, data=BytesIO(content), headers=started["headers"]
        ) as answer:
            assert answer.status == 200
        url = URL(f"{base}/{started['id']}/complete")
        async with self.session.post(url, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            return str((await answer.json())["id"])

    async def folder(self, token: str, name: str) -> str:
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{self.storage.url}/storage/api/v1/folders"
        async with self.session.post(url, json={"name": name}, headers=headers) as answer:
            return str((await answer.json())["id"])


@pytest.fixture
async def family(
    database: Database,
    owner_pool: Pool,
    redis_url: str,
    cities: dict[str, City],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Family]:
    """All three, with `curator` who may change films and the account of the service."""
    key = new_key()
    auth_port, storage_port = free_port(), free_port()
    for name, text in {
        "SECRET_KEYS": key,
        "REDIS_URL": redis_url,
        "GEO_USE_REAL_IP": "false",
        "GEOIP_DB": str(write_places(tmp_path / "places.mmdb")),
        "ALLOW_LOCAL_SERVERS": "true",
        "JWKS_URL": f"http://127.0.0.1:{auth_port}/auth/api/v1/.well-known/jwks.json",
        "STORAGE_URL": f"http://127.0.0.1:{storage_port}/storage/api/v1",
        "MOVIES_PASSWORD": PASSWORD,
    }.items():
        monkeypatch.setenv(f"MERIDIAN_{name}", text)

    def settings(url: str, read: Callable[..., Any]) -> tuple[Any, Any, Any]:
        monkeypatch.setenv("MERIDIAN_DATABASE_URL", url)
        env = environment()
        return read_shared(env), read_http(env), read(env)

    def make_sign_in() -> web.Application:
        monkeypatch.setenv("MERIDIAN_DATABASE_URL", database.auth)
        return make_auth(read_auth_settings())

    for city in cities.values():
        await upsert_server(owner_pool, Vault([key]), city.as_server())
    async with aiohttp.ClientSession() as session:
        made = Family(
            Service(make_sign_in, auth_port),
            Service(
                lambda: make_storage(*settings(database.storage, read_storage_settings)),
                storage_port,
            ),
            Service(lambda: make_movies(*settings(database.movies, read_movies_settings))),
            session,
        )
        await made.auth.start()
        await made.storage.start()
        await made.register("cinema")
        await made.movies.start()
        async with session.get(f"{made.movies.url}/movies/api/openapi.json") as answer:
            made.document = read_document(await answer.read())
        await made.register("curator")
        role = await owner_pool.fetchval(GRANT, "programme", "films.change")
        await owner_pool.execute(HOLD, "curator", role)
        yield made
        for service in (made.movies, made.storage, made.auth):
            await service.stop()
