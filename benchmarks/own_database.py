"""A PostgreSQL of its own for one measurement, with all tables."""

from __future__ import annotations

import secrets
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import asyncpg

from services.local.process.child import start_child
from services.local.process.guard import start_guard
from services.local.process.ports import keep_ports
from services.local.run.home import open_home
from services.local.servers.postgres import Postgres
from shared.db import connect
from shared.migrate import ROLES, migrate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.db import Pool

STOP_SECONDS: Final = 5


@asynccontextmanager
async def own_database(fill: str) -> AsyncIterator[Pool]:
    """Start it, fill it with one text of SQL, and look at it as the storage service does."""
    with tempfile.TemporaryDirectory(prefix="meridian-database-") as folder, start_guard() as guard:
        home = open_home(Path(folder))
        port = keep_ports(home, ("postgres",))["postgres"]
        password = secrets.token_urlsafe()
        postgres = Postgres(home.subfolder("postgres"), port, password)
        child = await start_child(await postgres.prepare(guard), guard, home.logs)
        try:
            await child.until_ready()
            await _fill(postgres.url(), password, fill)
            async with await connect(postgres.url("meridian_storage", password)) as pool:
                yield pool
        finally:
            await child.stop(STOP_SECONDS)


async def _fill(url: str, password: str, fill: str) -> None:
    await migrate(url, dict.fromkeys(ROLES, password))
    owner = await asyncpg.connect(url)
    try:
        await owner.execute(fill)
    finally:
        await owner.close()
