"""PostgreSQL behind PgBouncer, as managed databases offer it."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from services.auth.app import make_auth
from services.auth.settings import read_settings
from services.local.process.child import Command, start_child
from services.local.process.guard import start_guard
from services.local.process.programs import clean_environment
from shared.env import SharedSettings
from shared.pooler import PoolerError, open_database
from shared.vault import new_key
from tests.conftest import PASSWORD
from tests.free_port import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from aiohttp.test_utils import TestClient
    from pytest_aiohttp import AiohttpClient

    from tests.conftest import Database, Servers

PROGRAM = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
pytestmark = pytest.mark.skipif(
    not Path(PROGRAM).exists(), reason="there is no pgbouncer here: apt-get install pgbouncer"
)
# Fewer sessions than connections: without a pooler's mixing them this would not do.
CONFIGURATION = """
[databases]
* = host=127.0.0.1 port={postgres}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users
pool_mode = {mode}
default_pool_size = {sessions}
"""
SESSIONS = {"session": 40, "transaction": 3}
ROLES = ("auth", "storage", "replicator")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the pooler can read when it is another user."""
    made = Path(tempfile.mkdtemp(prefix="meridian-pooler-"))
    yield made
    shutil.rmtree(made)


@asynccontextmanager
async def pooler(servers: Servers, folder: Path, mode: str) -> AsyncIterator[int]:
    """PgBouncer in front of PostgreSQL; its port."""
    port = free_port()
    users = "".join(f'"meridian_{role}" "{PASSWORD}"\n' for role in ROLES)
    (folder / "users").write_text(users)
    text = CONFIGURATION.format(
        postgres=servers.postgres.port,
        port=port,
        folder=folder,
        mode=mode,
        sessions=SESSIONS[mode],
    )
    (folder / "pgbouncer.ini").write_text(text)
    # It refuses to run as root.
    as_user = ("-u", "nobody") if os.geteuid() == 0 else ()
    if as_user:
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, "nobody")

    async def listens() -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return False
        writer.close()
        return True

    argv = (PROGRAM, *as_user, str(folder / "pgbouncer.ini"))
    command = Command(name="pgbouncer", argv=argv, env=clean_environment(), ready=listens)
    with start_guard() as guard:
        child = await start_child(command, guard, folder)
        await child.until_ready()
        yield port
        await child.stop(5)


def through(port: int, url: str) -> str:
    """The same database by way of a pooler."""
    before, _, rest = url.rpartition("127.0.0.1:")
    return f"{before}127.0.0.1:{port}/{rest.partition('/')[2]}"


def settings(url: str, pooling: str) -> SharedSettings:
    return SharedSettings(url, "redis://x", (new_key(),), "info", "json", database_pooling=pooling)


@pytest.mark.parametrize("mode", SESSIONS)
async def test_a_crowd_is_served(
    servers: Servers, database: Database, folder: Path, mode: str
) -> None:
    async with pooler(servers, folder, mode) as port:
        url = through(port, database.storage)
        pool = await open_database(settings(url, mode), max_size=16, name="crowd")

        async def ask(number: int) -> object:
            if number % 3:
                return await pool.fetchval("SELECT $1::bigint + 1", number)
            async with pool.acquire() as connection, connection.transaction():
                await connection.fetchval("SELECT count(*) FROM storage.files WHERE name = $1", "x")
                found = await connection.fetchval("SELECT $1::jsonb", {"number": number})
                return found["number"] + 1

        assert await asyncio.gather(*map(ask, range(600))) == [*range(1, 601)]
        async with asyncio.timeout(10):
            await pool.close()


async def call(client: TestClient[Any, Any], method: str, path: str, **more: Any) -> Any:
    async with client.request(method, f"/auth/api/v1{path}", **more) as answer:
        assert answer.status < 300, await answer.text()
        return await answer.json(content_type=None)


@pytest.mark.parametrize("mode", SESSIONS)
async def test_a_service_works(
    servers: Servers,
    database: Database,
    redis_url: str,
    folder: Path,
    mode: str,
    monkeypatch: pytest.MonkeyPatch,
    aiohttp_client: AiohttpClient,
) -> None:
    async with pooler(servers, folder, mode) as port:
        monkeypatch.setenv("MERIDIAN_DATABASE_URL", through(port, database.auth))
        monkeypatch.setenv("MERIDIAN_DATABASE_POOLING", mode)
        monkeypatch.setenv("MERIDIAN_REDIS_URL", redis_url)
        monkeypatch.setenv("MERIDIAN_SECRET_KEYS", new_key())
        client = await aiohttp_client(make_auth(read_settings()))
        who = {"username": "ann", "password": "seven green boats at noon"}
        account = who | {"email": "a@example.com", "first_name": "Ann", "last_name": "Lee"}
        await call(client, "POST", "/register", json=account)
        token = (await call(client, "POST", "/login", json=who))["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        paths = ("/me", "/sessions", "/logins", "/me/tokens") * 30
        calls = (call(client, "GET", path, headers=headers) for path in paths)
        assert len(await asyncio.gather(*calls)) == len(paths)
        await client.close()


async def test_without_the_setting_the_start_says_what_to_do(
    servers: Servers, database: Database, folder: Path
) -> None:
    async with pooler(servers, folder, "transaction") as port:
        url = through(port, database.storage)
        with pytest.raises(PoolerError, match="MERIDIAN_DATABASE_POOLING=transaction"):
            await open_database(settings(url, "session"), max_size=4, name="unaware")


async def test_nobody_has_statements_compiled(database: Database) -> None:
    for url in (database.auth, database.storage, database.replicator):
        connection = await asyncpg.connect(url)
        query = "SELECT 'jit=off' = ANY(rolconfig) FROM pg_roles WHERE rolname = current_user"
        assert await connection.fetchval(query)
        await connection.close()
