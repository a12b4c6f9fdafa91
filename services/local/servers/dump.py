"""The database of a local stack as one file, and back."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import asyncpg

from services.local.process.child import start_child
from services.local.process.ports import LOOPBACK
from services.local.process.programs import clean_environment, postgres_program
from services.local.process.tool import run_tool
from services.local.servers.postgres import DATABASE, OWNER
from shared.migrate import ROLES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from services.local.process.guard import Guard
    from services.local.servers.postgres import Postgres

STOP_SECONDS: Final = 20
# A row of public.migrations as pg_restore prints it.
APPLIED: Final = re.compile(r"^(\S+\.sql)\t([0-9a-f]{64})\t", re.MULTILINE)


async def dump_database(postgres: Postgres, target: Path, guard: Guard) -> None:
    """Write everything in the database of a running server to a file, as of one moment."""
    words = ("--format=custom", "--no-owner", f"--file={target}")
    await _run("pg_dump", postgres, guard, *words, DATABASE)


async def load_database(postgres: Postgres, source: Path, guard: Guard) -> None:
    """Read such a file into the empty database of a running server: all of it, or nothing.

    The roles that have rights in it are made first; their passwords come with the next start.
    """
    connection = await asyncpg.connect(postgres.url())
    try:
        for role in ROLES:
            await connection.execute(f"CREATE ROLE meridian_{role}")
    finally:
        await connection.close()
    words = ("--no-owner", "--single-transaction", "--exit-on-error")
    await _run("pg_restore", postgres, guard, *words, f"--dbname={DATABASE}", str(source))


async def applied_files(source: Path, guard: Guard) -> dict[str, str]:
    """The checksums of the files of sql/ that were applied to the database in such a file."""
    words = ("--data-only", "--schema=public", "--table=migrations", "--file=-", str(source))
    told = await run_tool((postgres_program("pg_restore"), *words), clean_environment(), guard)
    return dict(APPLIED.findall(told))


@asynccontextmanager
async def running(postgres: Postgres, guard: Guard, logs: Path) -> AsyncIterator[None]:
    """Run the server while the block runs; a new cluster is made first."""
    child = await start_child(await postgres.prepare(guard), guard, logs)
    try:
        await child.until_ready()
        yield
    finally:
        await child.stop(STOP_SECONDS)


async def _run(program: str, postgres: Postgres, guard: Guard, *words: str) -> None:
    place = ("--host", LOOPBACK, "--port", str(postgres.port), "--username", OWNER)
    # In the environment, for the password must not show in the list of processes.
    environment = clean_environment(PGPASSWORD=postgres.password)
    await run_tool((postgres_program(program), *place, *words), environment, guard)
