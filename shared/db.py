"""PostgreSQL: one pool a process, codecs set once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import orjson

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]

COMMAND_SECONDS = 10
CONNECT_SECONDS = 5
IDLE_SECONDS = 300


async def connect(
    url: str, *, max_size: int = 10, name: str = "meridian", prepared: int = 100
) -> Pool:
    """Open a pool of at most `max_size` connections, each with so many prepared statements.

    No connection is made yet, so a service starts, and answers 503, while PostgreSQL is away.
    """
    return await asyncpg.create_pool(
        url,
        min_size=0,
        max_size=max_size,
        init=set_codecs,
        reset=keep_session,
        timeout=CONNECT_SECONDS,
        command_timeout=COMMAND_SECONDS,
        max_inactive_connection_lifetime=IDLE_SECONDS,
        statement_cache_size=prepared,
        # Poolers know these two; what else a role needs, its rows in sql/grants.sql set.
        server_settings={"application_name": name, "timezone": "UTC"},
    )


async def keep_session(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Save the round trip that would undo SET, LISTEN and session locks: nobody here uses them.

    A transaction left open is still rolled back.
    """


async def set_codecs(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Let jsonb columns be read and written as Python values."""
    await connection.set_type_codec(
        "jsonb",
        encoder=encode_json,
        decoder=orjson.loads,
        schema="pg_catalog",
        format="text",
    )


def encode_json(value: Any) -> str:
    """Encode a value for a jsonb column."""
    return orjson.dumps(value, default=_encode_odd).decode()


def _encode_odd(odd: object) -> str:
    # asyncpg has a UUID class of its own, which orjson does not know.
    if isinstance(odd, UUID):
        return str(odd)
    raise TypeError(f"cannot write {type(odd).__name__} as JSON")
