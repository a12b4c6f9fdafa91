"""Raw limits of the machine for requests: HTTP without work, a SELECT without HTTP."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from http import HTTPStatus
from typing import TYPE_CHECKING

import asyncpg

from benchmarks.figures import Limit
from benchmarks.load import BenchmarkError, Load, http_request, put_load
from loadtest.stack import PROJECT

if TYPE_CHECKING:
    from uuid import UUID

    from benchmarks.bench import Bench

START_SECONDS = 10
POLL_SECONDS = 0.05
CONNECTIONS = 8
OWNER_OF_FILE = "SELECT owner_id FROM storage.files WHERE id = $1"
OWNER_OF_FOLDER = "SELECT owner_id FROM storage.folders WHERE id = $1"
ONE_ROW = "SELECT id, name, folder_id, revision FROM storage.files WHERE id = $1 AND owner_id = $2"
ITS_FOLDER = """
SELECT files.id, files.name, files.folder_id, files.revision, files.created_at, versions.size
FROM storage.files AS one
JOIN storage.files ON files.owner_id = one.owner_id AND files.folder_id = one.folder_id
JOIN storage.versions
    ON versions.owner_id = files.owner_id AND versions.id = files.current_version_id
WHERE one.id = $1 AND one.owner_id = $2 AND files.deleted_at IS NULL AND files.trashed_at IS NULL
"""

# The least that a page of a list can be: the first rows of an index, without their copies.
A_PAGE = """
SELECT id, name, folder_id, revision, created_at, size FROM storage.files
WHERE folder_id = $1 AND owner_id = $2 AND deleted_at IS NULL AND trashed_at IS NULL
ORDER BY name_key, id LIMIT 50
"""


async def bare_http(seconds: float, clients: int) -> Limit:
    """How often an aiohttp process can answer a small JSON."""
    port = _free_port()
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.bare", str(port), cwd=PROJECT
    )
    try:
        await _wait(port)
        request = http_request("GET", f"http://127.0.0.1:{port}/", {})
        outcome = await put_load([request], Load(clients, seconds), (), HTTPStatus.OK)
    finally:
        server.terminate()
        await server.wait()
    return Limit(name="bare aiohttp JSON", value=outcome.per_second)


async def bare_select(
    bench: Bench, name: str, statement: str, wanted: str | UUID, of: str = OWNER_OF_FILE
) -> Limit:
    """How often a process can carry out a SELECT that an index serves, of a row and its owner."""
    pool = await asyncpg.create_pool(bench.database_url, min_size=CONNECTIONS, max_size=CONNECTIONS)
    until = time.perf_counter() + bench.seconds

    async def read() -> int:
        answers = 0
        async with pool.acquire() as connection:
            while time.perf_counter() < until:
                await connection.fetch(statement, wanted, owner_id)
                answers += 1
        return answers

    async with pool:
        owner_id = await pool.fetchval(of, wanted)
        answers = sum(await asyncio.gather(*(read() for _ in range(CONNECTIONS))))
    return Limit(name=f"bare asyncpg SELECT of {name}", value=answers / bench.seconds)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _wait(port: int) -> None:
    for _ in range(int(START_SECONDS / POLL_SECONDS)):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(POLL_SECONDS)
        else:
            writer.close()
            return
    raise BenchmarkError("the bare server did not start")
