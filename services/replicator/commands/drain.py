"""A server emptied from the command line."""

from __future__ import annotations

import asyncio
import signal
from functools import partial
from typing import TYPE_CHECKING, Final

import click

from services.replicator.catalog.drain_history import note_drain
from services.replicator.commands.asking import ask, for_programs, server_named
from services.replicator.commands.words import as_bar, as_json
from shared.catalog.draining import begin_drain, end_drain, plan_drain, show_progress
from shared.catalog.remaining import count_remaining
from shared.errors import MeridianError

if TYPE_CHECKING:
    from shared.catalog.draining import Progress
    from shared.catalog.servers import Server
    from shared.db import Pool

LOOK_SECONDS: Final = 1.0
STOPPED_STATUS: Final = 130
MIB: Final = 1024 * 1024


@click.command()
@click.argument("server")
@click.option("--dry-run", is_flag=True, help="Only say what it would mean.")
@click.option("--stop", "is_end", is_flag=True, help="Let the server take files again.")
@for_programs
def drain(server: str, *, dry_run: bool, is_end: bool, is_json: bool) -> None:
    """Copy what a server has to the others, so that it can be removed.

    It takes nothing new meanwhile. Ctrl-C stops the drain, and the server takes files again.
    """
    try:
        if dry_run:
            _say(ask(partial(_plan, name=server)), is_json=is_json)
        elif is_end:
            ask(partial(_stop, name=server))
            click.echo(f"{server} takes files again.")
        else:
            ask(partial(_drain, name=server, is_json=is_json))
    except MeridianError as error:
        raise click.ClickException(f"{error.detail or error.problem.title}.") from error


async def _plan(pool: Pool, name: str) -> Progress:
    return await plan_drain(pool, await server_named(pool, name))


async def _stop(pool: Pool, name: str) -> None:
    server = await server_named(pool, name)
    async with pool.acquire() as db, db.transaction():
        await end_drain(db, server)
        await note_drain(db, server, is_draining=False)


async def _drain(pool: Pool, name: str, *, is_json: bool) -> None:
    """Begin, and show how far it is until it is over; Ctrl-C ends it."""
    server = await server_named(pool, name)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    await _begin(pool, server)
    progress = await show_progress(pool, server)
    while progress.state == "running" and not stop.is_set():
        click.echo(_line(progress), err=is_json)
        await _wait(stop)
        progress = await show_progress(pool, server)
    if progress.state == "running":
        await _stop(pool, name)
        click.echo(f"Stopped: {name} takes files again.", err=True)
        raise click.exceptions.Exit(STOPPED_STATUS)
    _say(progress, is_json=is_json)


async def _begin(pool: Pool, server: Server) -> None:
    total = await count_remaining(pool, server.id)
    async with pool.acquire() as db, db.transaction():
        if await begin_drain(db, server, None, total):
            await note_drain(db, server, is_draining=True)


async def _wait(stop: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            await stop.wait()
    except TimeoutError:
        return


def _say(progress: Progress, *, is_json: bool) -> None:
    click.echo(as_json(progress.as_dict()) if is_json else _line(progress))
    if progress.report and not is_json:
        click.echo(as_json(progress.report))


def _line(progress: Progress) -> str:
    """One line: a bar, what is left, how quick it goes, and what is in its way."""
    total = progress.files_total
    eta = "unknown" if progress.eta_seconds is None else f"{progress.eta_seconds:.0f} s"
    return " ".join(
        (
            f"{as_bar(total - progress.files, total)} {progress.state}:",
            f"{progress.files} of {total} files left, {progress.bytes / MIB:.1f} MiB,",
            f"{progress.bytes_per_second / MIB:.1f} MiB/s, time left: {eta}",
            *progress.blockers,
        )
    )
