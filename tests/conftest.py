"""Real servers for every test: PostgreSQL, Valkey, three S3 nodes; one of each a test process."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
import uuid
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg
import orjson
import pytest
import redis as blocking_redis
import structlog
from aiohttp import web_app
from xdist.scheduler import LoadFileScheduling

from services.local.process import ports as inner_ports
from services.local.process.child import start_child
from services.local.process.guard import Guard, start_guard
from services.local.process.ports import keep_ports
from services.local.run.home import open_home
from services.local.servers.postgres import Postgres
from services.local.servers.valkey import Valkey
from shared import redis
from shared.db import connect
from shared.migrate import ROLES, migrate
from shared.stores import control, wire
from tests.free_port import share_of
from tests.memory_folder import memory_folder
from tests.world.calm import PATIENCE_SECONDS
from tests.world.cities import running_cities

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Iterator
    from pathlib import Path

    from shared.db import Pool
    from tests.world.cities import City

    Runner = Callable[[Coroutine[Any, Any, Any]], Any]

Tell: TypeAlias = Callable[..., None]

PASSWORD = "only-for-tests"
WAIT_SECONDS = 60
WHOLE_PRODUCT = "tests/e2e"
# Only the crash of the whole machine could tell the difference.
LAZY = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_wal_size=128MB")
HASTE = tuple(word for setting in LAZY for word in ("-c", setting))


@dataclass(frozen=True, slots=True)
class Servers:
    """Running servers, and the loop that watches over them."""

    postgres: Postgres
    valkey: Valkey
    run: Callable[[Coroutine[Any, Any, Any]], Any]


@dataclass(frozen=True, slots=True)
class Database:
    """A fresh database with all tables, and how each role connects."""

    owner: str
    auth: str
    storage: str
    replicator: str
    movies: str


class WholeFiles(LoadFileScheduling):  # type: ignore[misc]  # the library has no types
    """Gives a worker whole files, and one all that drive the whole product: it starts once."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return WHOLE_PRODUCT if file.startswith(f"{WHOLE_PRODUCT}/") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> WholeFiles | None:
    """Say who gets which test."""
    return WholeFiles(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="session", autouse=True)
def plain_logs() -> None:
    """Write what is logged as it is: whole programs configure it, parts alone draw boxes."""
    line = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure(
        processors=(
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            line,
        )
    )


@pytest.fixture(autouse=True)
def no_application_stays() -> Iterator[None]:
    """Let applications go: aiohttp remembers a thousand handlers, each with all that it serves."""
    yield
    web_app._cached_build_middleware.cache_clear()


@pytest.fixture(autouse=True)
def patient_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no busy moment of this machine look like a server that cannot be reached."""
    for module in (wire, control, redis):
        monkeypatch.setattr(module, "CONNECT_SECONDS", PATIENCE_SECONDS)


@pytest.fixture(scope="session", autouse=True)
def own_ports() -> None:
    """Give servers other ports than those of the other workers, which start at the same moment."""
    own = share_of(range(inner_ports.FIRST_INNER_PORT, inner_ports.LAST_INNER_PORT))
    inner_ports.FIRST_INNER_PORT, inner_ports.LAST_INNER_PORT = own.start, own.stop


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Start PostgreSQL and Valkey; they end with the session, also when it is killed."""
    with (
        memory_folder(tmp_path_factory.mktemp("servers")) as folder,
        _background_loop() as run,
        start_guard() as guard,
    ):
        home = open_home(folder)
        ports = keep_ports(home, ("postgres", "valkey"))
        postgres = Postgres(home.subfolder("postgres"), ports["postgres"], PASSWORD)
        valkey = Valkey(home.subfolder("valkey"), ports["valkey"], PASSWORD)
        stop = run(_start(postgres, valkey, guard, home.logs))
        yield Servers(postgres, valkey, run)
        run(stop())


async def _start(
    postgres: Postgres, valkey: Valkey, guard: Guard, logs: Path
) -> Callable[[], Coroutine[Any, Any, None]]:
    stack = AsyncExitStack()
    database = await postgres.prepare(guard)
    database = replace(database, argv=(*database.argv, *HASTE))
    for command in (database, valkey.command()):
        child = await start_child(command, guard, logs)
        stack.push_async_callback(child.stop, 5)
        await child.until_ready()
    await migrate(postgres.url(), dict.fromkeys(ROLES, PASSWORD))
    return stack.aclose


@pytest.fixture(scope="session")
def cities(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, City]]:
    """The S3 nodes of three cities, by name."""
    with running_cities(tmp_path_factory.mktemp("cities"), servers.run) as cities:
        yield cities


@pytest.fixture
def template() -> str:
    """The name of the database that tests get copies of."""
    return "meridian"


@pytest.fixture
async def database(servers: Servers, template: str) -> AsyncIterator[Database]:
    """A copy of the migrated database for one test."""
    name = f"test_{uuid.uuid4().hex}"
    source = servers.postgres.url()
    # The source must have no session while it is copied, so another database does the copying.
    admin = await asyncpg.connect(_in_database(source, "postgres"))
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    here = {
        role: _in_database(servers.postgres.url(f"meridian_{role}", PASSWORD), name)
        for role in ROLES
    }
    yield Database(owner=_in_database(source, name), **here)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
def database_url(database: Database) -> str:
    """The fresh database, as its owner."""
    return database.owner


@pytest.fixture
async def owner_pool(database: Database) -> AsyncIterator[Pool]:
    """A pool that may do everything, for looking behind the scenes."""
    pool = await connect(database.owner, max_size=4)
    yield pool
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(2):
            await pool.close()


@pytest.fixture
def redis_url(servers: Servers) -> str:
    """An empty Valkey."""
    with contextlib.closing(blocking_redis.Redis.from_url(servers.valkey.url)) as redis:
        redis.flushall()
    return servers.valkey.url


@contextlib.contextmanager
def _background_loop() -> Iterator[Runner]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield lambda work: asyncio.run_coroutine_threadsafe(work, loop).result(WAIT_SECONDS)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def _in_database(url: str, name: str) -> str:
    return f"{url.rpartition('/')[0]}/{name}"


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    """Print figures that a test has measured, one JSON object a line."""

    def print_figures(**figures: object) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{orjson.dumps(figures).decode()}\n")

    return print_figures
