"""How a command gets at the database, and how it ends when it cannot."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
from environs import EnvError

from shared.catalog.servers import list_servers
from shared.db import connect
from shared.db_outage import DATABASE_ERRORS
from shared.env import read_shared
from shared.env_faults import read_all

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    from shared.catalog.servers import Server
    from shared.db import Pool

    Outcome = TypeVar("Outcome")

POOL_SIZE: Final = 2

for_programs = click.option("--json", "is_json", is_flag=True, help="For programs.")


def ask(work: Callable[[Pool], Coroutine[Any, Any, Outcome]]) -> Outcome:
    """Do something with the database; ends the command with a sentence when that fails."""
    try:
        return asyncio.run(_with_pool(work))
    except EnvError as error:
        raise click.ClickException(str(error)) from error
    except DATABASE_ERRORS as error:
        raise click.ClickException(f"PostgreSQL: {error}") from error


async def server_named(pool: Pool, name: str) -> Server:
    """The server of that name; ends the command when there is none."""
    named = {server.name: server for server in await list_servers(pool)}
    if name not in named:
        raise click.ClickException(f"There is no server {name}; there are {', '.join(named)}.")
    return named[name]


async def _with_pool(work: Callable[[Pool], Coroutine[Any, Any, Outcome]]) -> Outcome:
    async with opened() as pool:
        return await work(pool)


@asynccontextmanager
async def opened() -> AsyncIterator[Pool]:
    """Connect for one command."""
    shared = read_all(read_shared)
    pool = await connect(shared.database_url, max_size=POOL_SIZE, name="replicator-command")
    try:
        yield pool
    finally:
        await pool.close()
