"""Tables, roles, three cities: `python -m services.local.run.seed`, told all on its input."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TypedDict

import asyncpg

from shared.catalog.servers import NewServer, removed_names, upsert_server
from shared.db import set_codecs
from shared.db_outage import DATABASE_ERRORS
from shared.migrate import MigrationError, migrate
from shared.vault import Vault


class Wanted(TypedDict):
    """How a local stack's database should be; passwords by role, servers as of NewServer.

    `moved` are the endpoints of all cities, also of those that people added or added again.
    """

    database_url: str
    passwords: dict[str, str]
    vault_key: str
    servers: list[dict[str, object]]
    moved: dict[str, str]
    set_up: bool


# A city that somebody added may have got other ports, too.
MOVE = """
UPDATE storage.servers SET endpoint = $2, public_endpoint = $2 WHERE name = $1 AND endpoint <> $2
"""
NOT_PREPARED = (MigrationError, *DATABASE_ERRORS)


async def seed(wanted: Wanted) -> None:
    """Bring the tables up to date and write the cities into them."""
    await migrate(wanted["database_url"], wanted["passwords"])
    vault = Vault([wanted["vault_key"]])
    servers = [NewServer(**server) for server in wanted["servers"]]  # type: ignore[arg-type]
    if wanted["set_up"]:
        await _set_up(wanted["database_url"], vault, servers)
        servers = []
    connection = await asyncpg.connect(wanted["database_url"])
    try:
        await set_codecs(connection)
        removed = await removed_names(connection)
        for server in servers:
            if server.name not in removed:
                await upsert_server(connection, vault, server)
        await connection.executemany(MOVE, wanted["moved"].items())
    finally:
        await connection.close()


async def _set_up(database_url: str, vault: Vault, servers: list[NewServer]) -> None:
    """Make buckets and have uploads announced on servers that are set up as any other."""
    from services.storage.servers.set_up import set_up_servers  # noqa: PLC0415 rarely needed
    from shared.db import connect  # noqa: PLC0415
    from shared.stores.stores import Stores  # noqa: PLC0415

    pool = await connect(database_url, max_size=1)
    async with Stores(vault) as stores:
        await set_up_servers(pool, vault, stores, servers)
    await pool.close()


def main() -> None:
    """Read the wishes as JSON and fulfil them."""
    try:
        asyncio.run(seed(json.load(sys.stdin)))
    except NOT_PREPARED as error:
        sys.exit(f"the database could not be prepared: {error}")


if __name__ == "__main__":
    main()
