"""What an operator asks of replication from the command line."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import orjson

from services.replicator.catalog.errors import group_errors
from services.replicator.catalog.filled import count_filled
from shared.catalog.dead_letters import retry_letters
from shared.catalog.figures import count_figures
from shared.catalog.jobs import list_jobs, run_job_now
from shared.catalog.servers import list_servers
from shared.db import connect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from uuid import UUID

    from shared.db import Pool
    from shared.env import SharedSettings

POOL_SIZE: Final = 2
MOST_ERRORS: Final = 100
DIGITS: Final = 2
NOTHING: Final = "-"
BAR_LENGTH: Final = 30
# The job that compares what is with what is wanted.
WALK: Final = "placement.reconcile"

Row: TypeAlias = dict[str, Any]


class CommandError(Exception):
    """What was asked for cannot be done; says why."""


@asynccontextmanager
async def opened(shared: SharedSettings) -> AsyncIterator[Pool]:
    """Connect for one command."""
    pool = await connect(shared.database_url, max_size=POOL_SIZE, name="replicator-command")
    try:
        yield pool
    finally:
        await pool.close()


async def status(shared: SharedSettings) -> dict[str, list[Row]]:
    """How far behind every server is, and how the jobs are doing."""
    async with opened(shared) as pool:
        servers = {server.id: server for server in await list_servers(pool)}
        figures = await count_figures(pool)
        jobs = await list_jobs(pool)
    return {
        "servers": [
            {
                "server": servers[one.server_id].name,
                "state": servers[one.server_id].state,
                "backlog": one.backlog,
                "bytes": one.bytes,
                "p50": one.p50,
                "p95": one.p95,
                "oldest": one.oldest,
                "per second": one.per_second,
                "errors": one.errors,
                "dead letters": one.dead_letters,
            }
            for one in figures
            if one.server_id in servers
        ],
        "jobs": [
            {
                "job": job.name,
                "status": job.status,
                "finished": job.finished_at,
                "due": job.due_at,
                "runs": job.runs,
                "error": job.error,
            }
            for job in jobs
        ],
    }


async def errors(shared: SharedSettings) -> list[Row]:
    """Why copies are not there, the most frequent reasons first."""
    async with opened(shared) as pool:
        groups = await group_errors(pool, MOST_ERRORS)
    return [
        {
            "server": group.server,
            "copies": group.copies,
            "dead letters": group.dead_letters,
            "next attempt": group.next_attempt_at,
            "error": group.error,
        }
        for group in groups
    ]


async def retry(
    shared: SharedSettings, letter_id: UUID | None, server_name: str | None, error: str | None
) -> int:
    """Try dead letters again now; how many copies; CommandError."""
    async with opened(shared) as pool:
        server_id = None
        if server_name is not None:
            named = {server.name: server.id for server in await list_servers(pool)}
            if server_name not in named:
                raise CommandError(
                    f"There is no server {server_name}; there are {', '.join(named)}."
                )
            server_id = named[server_name]
        return len(await retry_letters(pool, letter_id, server_id=server_id, error=error))


async def backfill(shared: SharedSettings, *, is_new: bool) -> list[Row]:
    """What every server has of what it should have; `is_new`: compare all again now."""
    async with opened(shared) as pool:
        if is_new:
            await run_job_now(pool, WALK)
        servers = await count_filled(pool)
    return [
        {
            "server": one.server,
            "copies": one.ready,
            "wanted": one.wanted,
            "bytes": one.ready_bytes,
            "wanted bytes": one.wanted_bytes,
        }
        for one in servers
    ]


def as_bars(rows: Sequence[Row]) -> str:
    """Draw how full the servers are."""
    return as_table([{"server": row["server"], "filled": _bar(row)} for row in rows])


def as_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Lay rows out in columns, under their names."""
    if not rows:
        return "nothing"
    lines = [list(rows[0]), *([_cell(cell) for cell in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def as_json(found: object) -> str:
    """Write what was found for programs."""
    return orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z).decode()


def _bar(row: Row) -> str:
    part = row["copies"] / row["wanted"] if row["wanted"] else 1
    full = int(part * BAR_LENGTH)
    empty = BAR_LENGTH - full
    return f"{'#' * full}{'.' * empty} {part:4.0%} {row['copies']} of {row['wanted']} copies"


def _cell(cell: Any) -> str:
    if cell is None:
        return NOTHING
    if isinstance(cell, float):
        return f"{cell:.{DIGITS}f}"
    return f"{cell:%Y-%m-%d %H:%M:%S}" if hasattr(cell, "strftime") else str(cell)
