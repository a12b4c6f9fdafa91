"""What an operator does with servers from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from marshmallow import ValidationError

from services.storage.servers.new_server_schemas import NewServerSchema
from services.storage.servers.set_up import SetUpError, set_up_servers
from shared.pooler import open_database
from shared.stores.addresses import rules_of
from shared.stores.stores import Stores
from shared.vault import Vault, VaultError

if TYPE_CHECKING:
    from services.storage.servers.set_up import SetUp
    from shared.catalog.servers import NewServer
    from shared.env import SharedSettings

POOL_SIZE = 2
# Beyond this, presigned URLs expire noticeably sooner or later than they say.
MOST_SKEW_SECONDS = 60


class CommandError(Exception):
    """What was asked for cannot be done; says why."""


async def set_up(shared: SharedSettings, text: str) -> list[SetUp]:
    """Set up the servers that a JSON list describes; CommandError."""
    wanted = read_servers(text)
    pool = await open_database(shared, max_size=POOL_SIZE, name="set-up-servers")
    try:
        vault = Vault(shared.secret_keys)
        async with Stores(vault, rules_of(shared)) as stores:
            return await set_up_servers(pool, vault, stores, wanted)
    except (SetUpError, VaultError) as error:
        raise CommandError(str(error)) from error
    finally:
        await pool.close()


def read_servers(text: str) -> list[NewServer]:
    """Check a JSON list of servers; CommandError names the server and the field."""
    try:
        described = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise CommandError(f"MERIDIAN_SERVERS is not JSON: {error}") from error
    if not isinstance(described, list):
        raise CommandError("MERIDIAN_SERVERS must be a list")
    servers: list[NewServer] = []
    for number, one in enumerate(described):
        name = one.get("name", number) if isinstance(one, dict) else number
        try:
            servers.append(NewServerSchema().load(one))
        except ValidationError as error:
            raise CommandError(f"MERIDIAN_SERVERS, {name}: {describe(error)}") from error
    return servers


def summary(done: SetUp) -> str:
    """Write what became of a server on one line."""
    server = done.server
    if done.left:
        return f"{server.name} {done.left}"
    if not done.answered:
        return f"{server.name} DOES NOT ANSWER, and stays as it was"
    lacking = [name for name, can in server.capabilities.items() if can is False]
    words = [f"{server.name} is set up"]
    if lacking:
        words.append(f"it lacks {', '.join(lacking)} (docs/storage-servers.md)")
    skew = server.capabilities.get("clock_skew_seconds") or 0
    if abs(skew) > MOST_SKEW_SECONDS:
        words.append(f"ITS CLOCK IS {abs(skew)} s {'AHEAD' if skew > 0 else 'BEHIND'}")
    return "; ".join(words)


def describe(error: ValidationError) -> str:
    """Write what is wrong on one line, without the values."""
    messages = error.messages_dict
    return "; ".join(f"{field} {' '.join(map(str, said))}" for field, said in messages.items())
