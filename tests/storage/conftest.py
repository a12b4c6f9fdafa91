"""The real storage application on real servers; only the tokens are made here."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web
from jwcrypto.jwk import JWK
from jwcrypto.jwt import JWT

from services.storage.app import make_storage
from services.storage.keys import FLEET
from services.storage.servers import watch
from services.storage.servers.schemas import show_server
from services.storage.settings import StorageSettings, UploadRules
from shared import tasks
from shared.catalog.servers import Server, list_servers, upsert_server
from shared.db import connect
from shared.env import GeoSettings, HttpSettings, SharedSettings
from shared.stores.stores import Stores
from shared.vault import Vault, new_key
from tests.shapes import check_shape, read_document
from tests.storage.parts import Parts, open_parts
from tests.storage.spread import make_spread_database
from tests.world.calm import PATIENCE_SECONDS
from tests.world.places import write_places

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from aiohttp.test_utils import TestClient, TestServer

    from tests.conftest import Database, Servers
    from tests.world.cities import City

    MakeClient = Callable[..., Awaitable[TestClient[web.Request, web.Application]]]

ISSUER = "http://127.0.0.1:8080"
EVERYTHING = "files.view files.upload files.change files.delete files.download"
VAULT_KEY = new_key()
SIGNING_KEY = JWK.generate(kty="OKP", crv="Ed25519", kid="test", use="sig", alg="EdDSA")


def make_token(user_id: uuid.UUID, session_id: uuid.UUID, **changes: Any) -> str:
    """Sign an access token as the auth service does."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": "meridian",
        "sub": str(user_id),
        "sid": str(session_id),
        "jti": str(uuid.uuid4()),
        "iat": now,
        "exp": now + 600,
        "scope": EVERYTHING,
        "su": False,
        "name": "somebody",
    }
    token = JWT(
        header={"alg": "EdDSA", "typ": "at+jwt", "kid": "test"}, claims={**claims, **changes}
    )
    token.make_signed_token(SIGNING_KEY)
    return str(token.serialize())


# Modules whose tests run on tables that are spread over partitions by owner; the others, as all
# tests of the replicator and of the whole, run on plain ones.
SPREAD = {
    "test_files",
    "test_conflicts",
    "test_folders",
    "test_trash",
    "test_uploads",
    "test_settling",
    "test_grants",
}


@pytest.fixture(scope="session")
def spread_template(servers: Servers) -> str:
    """An empty database with the tables of a person's things in eight partitions each."""
    return str(servers.run(make_spread_database(servers.postgres.url())))


@pytest.fixture
def template(request: pytest.FixtureRequest) -> str:
    """The name of the database that a test gets a copy of."""
    module = request.node.path.stem
    return str(request.getfixturevalue("spread_template")) if module in SPREAD else "meridian"


@pytest.fixture(autouse=True)
def quick_cities(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no busy moment of this machine make a city slow: uploads would go elsewhere."""
    monkeypatch.setattr(watch, "SLOW_SECONDS", PATIENCE_SECONDS)


@dataclass(slots=True)
class Person:
    """Somebody with a session, calling the API from somewhere."""

    client: TestClient[web.Request, web.Application]
    document: dict[str, Any] = field(repr=False)
    fake_ip: str = ""
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    session_id: uuid.UUID = field(default_factory=uuid.uuid4)
    token: str = ""

    async def call(
        self, method: str, path: str, status: int = 200, **options: Any
    ) -> dict[str, Any]:
        """Call the API, check status and shape of the answer, return its body."""
        token = self.token or make_token(self.id, self.session_id)
        headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
        if self.fake_ip:
            headers["X-Fake-IP"] = self.fake_ip
        async with self.client.request(
            method, f"/storage/api/v1{path}", headers=headers, allow_redirects=False, **options
        ) as answer:
            assert answer.status == status, await answer.text()
            return await check_shape(self.document, answer) or {}

    async def tag_of(self, method: str, path: str, **options: Any) -> str:
        """Call the API; the ETag of the answer."""
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"/storage/api/v1{path}"
        async with self.client.request(method, url, headers=headers, **options) as answer:
            assert answer.status < 300, await answer.text()
            return answer.headers["ETag"]

    async def change_if(self, path: str, tag: str, status: int, **values: Any) -> dict[str, Any]:
        """PATCH what is still as that ETag says; the answer."""
        return await self.call("PATCH", path, status, json=values, headers={"If-Match": tag})

    async def upload(
        self, name: str, content: bytes, *, complete: bool = True, **more: Any
    ) -> dict[str, Any]:
        """Upload a file; the started upload, or the stored file."""
        started = await self.call(
            "POST", "/uploads", 201, json={"name": name, "size": len(content), **more}
        )
        assert await put(started, content) == 200
        if not complete:
            return started
        return await self.call("POST", f"/uploads/{started['id']}/complete")


async def put(started: dict[str, Any], content: bytes, content_type: str = "") -> int:
    """PUT bytes as a client does; the S3 server's status."""
    headers = dict(started["headers"])
    if content_type:
        headers["Content-Type"] = content_type
    async with aiohttp.ClientSession() as session:
        sending = session.put(started["url"], data=BytesIO(content), headers=headers)
        async with sending as answer:
            return answer.status


@dataclass(slots=True)
class Storage:
    """The running service with its surroundings."""

    client: TestClient[web.Request, web.Application]
    database: Database
    shared: SharedSettings
    settings: StorageSettings
    servers: dict[str, Server]
    document: dict[str, Any] = field(repr=False)
    stores: Stores

    def person(self, fake_ip: str = "") -> Person:
        """Somebody new."""
        return Person(self.client, self.document, fake_ip)

    async def keys(self, server: str) -> list[str]:
        """All objects on a server, but for those that the prober writes and erases."""
        listed = self.stores.of(self.servers[server]).bucket.list("")
        return [found.key async for found in listed if not found.key.startswith("meridian-")]

    async def state_of(self, server: str) -> dict[str, Any]:
        """What an operator is told about a server now."""
        token = make_token(uuid.uuid4(), uuid.uuid4(), scope=f"{EVERYTHING} servers.view")
        operator = Person(self.client, self.document, token=token)
        return await operator.call("GET", f"/servers/{self.servers[server].id}")

    async def until(self, server: str, **wanted: Any) -> None:
        """Wait until a server is shown as wanted, and the process that chooses servers knows."""
        shown: dict[str, Any] = {}
        known: dict[str, Any] = {}
        try:
            async with asyncio.timeout(15):
                while not wanted.items() <= shown.items() or not wanted.items() <= known.items():
                    await asyncio.sleep(0.05)
                    shown = await self.state_of(server)
                    known = self._known_of(server)
        except TimeoutError:
            raise AssertionError(f"{server}: wanted {wanted}, shown {shown}, {known}") from None

    def _known_of(self, name: str) -> dict[str, Any]:
        """What the process knows, which reads the rows now and then."""
        assert self.client.app is not None
        server = self.client.app[FLEET].find_by_name(name)
        return {} if server is None else show_server(server, details=True)


@pytest.fixture
async def jwks(aiohttp_server: Callable[..., Awaitable[TestServer]]) -> str:
    """The public key at a URL, as the auth service publishes it."""

    async def keys(_: web.Request) -> web.Response:
        return web.json_response({"keys": [SIGNING_KEY.export_public(as_dict=True)]})

    app = web.Application()
    app.router.add_get("/jwks.json", keys)
    return str((await aiohttp_server(app)).make_url("/jwks.json"))


@pytest.fixture
def geoip_file(tmp_path: Path) -> Path:
    """Addresses near each of the cities."""
    return write_places(tmp_path / "places.mmdb")


@pytest.fixture
def settings(jwks: str, geoip_file: Path) -> StorageSettings:
    """What a test may change before the service starts."""
    return StorageSettings(
        host="127.0.0.1",
        port=0,
        processes=1,
        jwks_url=jwks,
        geo=GeoSettings(use_real_ip=False, files=(geoip_file,)),
        download_seconds=300,
        rules=UploadRules(url_seconds=900, max_bytes=10 * 1024**2, silent_seconds=0.2),
    )


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a sweep that a test carries out end its looks, however busy the machine is."""
    monkeypatch.setattr(tasks, "GRACE_SECONDS", 20)


@pytest.fixture(autouse=True)
def no_wait_for_auth(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is there to answer what a start asks auth."""
    monkeypatch.setattr("shared.tokens.revocation_reader.ANSWER_SECONDS", 0.01)


@pytest.fixture
async def storage(
    cities: dict[str, City],
    database: Database,
    redis_url: str,
    settings: StorageSettings,
    aiohttp_client: MakeClient,
) -> AsyncIterator[Storage]:
    """The service, with three servers that know nothing of If-None-Match."""
    shared = SharedSettings(database.storage, redis_url, (VAULT_KEY,), "info", "json")
    vault = Vault(shared.secret_keys)
    pool = await connect(database.owner)
    for city in cities.values():
        await upsert_server(pool, vault, city.as_server())
    rows = {server.name: server for server in await list_servers(pool)}
    await pool.close()
    app = make_storage(shared, HttpSettings((), ISSUER), settings)
    client = await aiohttp_client(app)
    document = read_document(await (await client.get("/storage/api/openapi.json")).read())
    async with Stores(vault) as stores:
        yield Storage(client, database, shared, settings, rows, document, stores)
    for city in cities.values():
        if city.is_alive:
            await city.clear()


@pytest.fixture
async def parts(storage: Storage) -> AsyncIterator[Parts]:
    """The parts of the relay process; their fleet has looked once."""
    async with open_parts(storage) as parts:
        await parts.fleet.refresh()
        yield parts
