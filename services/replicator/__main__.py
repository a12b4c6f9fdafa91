"""`python -m services.replicator`: copies what was stored, erases what was deleted."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import click
from environs import EnvError

from services.replicator.settings import read_settings
from shared.env import read_shared
from shared.env_faults import read_all
from shared.logs import configure_logs
from shared.pulse import serve_metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any
    from uuid import UUID

    from shared.env import SharedSettings

    Outcome = TypeVar("Outcome")

for_programs = click.option("--json", "is_json", is_flag=True, help="For programs.")


@click.group(context_settings={"help_option_names": ("-h", "--help")})
def main() -> None:
    """Making copies. Settings come from the environment; .env.example lists them."""


@main.command()
def run() -> None:
    """Work on the stream and on what is due, until told to stop."""
    from services.replicator.run import run as run_replicator  # noqa: PLC0415 --help is quick

    try:
        shared, settings = read_all(lambda env: (read_shared(env), read_settings(env)))
        serve_metrics(shared)
    except EnvError as error:
        raise click.ClickException(str(error)) from error
    configure_logs("replicator", level=shared.log_level, form=shared.log_format)
    asyncio.run(run_replicator(shared, settings))


@main.command()
@for_programs
def status(*, is_json: bool) -> None:
    """Show how far behind every server is, and how the jobs are doing."""
    from services.replicator import commands  # noqa: PLC0415

    found = _ask(commands.status)
    if is_json:
        click.echo(commands.as_json(found))
        return
    click.echo(commands.as_table(found["servers"]))
    click.echo()
    click.echo(commands.as_table(found["jobs"]))


@main.command()
@for_programs
def errors(*, is_json: bool) -> None:
    """Show why copies are not there, the most frequent reasons first."""
    from services.replicator import commands  # noqa: PLC0415

    found = _ask(commands.errors)
    click.echo(commands.as_json(found) if is_json else commands.as_table(found))


@main.command()
@click.argument("dead_letter", required=False, type=click.UUID)
@click.option("--server", help="Only of this server.")
@click.option("--error", help="Only with this text in the error.")
@click.option("--all", "is_all", is_flag=True, help="Every dead letter there is.")
def retry(dead_letter: UUID | None, server: str | None, error: str | None, *, is_all: bool) -> None:
    """Try dead letters again now: one by its id, those of a kind, or all."""
    from services.replicator import commands  # noqa: PLC0415

    if not (dead_letter or server or error or is_all):
        raise click.UsageError("Say which: an id, --server, --error or --all.")
    count = _ask(lambda shared: commands.retry(shared, dead_letter, server, error))
    click.echo(f"{count} to be tried again")


@main.command()
@for_programs
@click.option("--now", "is_new", is_flag=True, help="Compare all with what is wanted, first.")
@click.option("--watch", is_flag=True, help="Show it again every second until all is there.")
def backfill(*, is_json: bool, is_new: bool, watch: bool) -> None:
    """Show what every server has of what it should have."""
    from services.replicator import commands  # noqa: PLC0415

    while True:
        found = _ask(partial(commands.backfill, is_new=is_new))
        click.echo(commands.as_json(found) if is_json else commands.as_bars(found))
        if not watch or all(row["copies"] == row["wanted"] for row in found):
            return
        is_new = False
        time.sleep(1)


def _ask(work: Callable[[SharedSettings], Coroutine[Any, Any, Outcome]]) -> Outcome:
    import asyncpg  # noqa: PLC0415

    from services.replicator.commands import CommandError  # noqa: PLC0415

    try:
        return asyncio.run(work(read_all(read_shared)))
    except (EnvError, CommandError) as error:
        raise click.ClickException(str(error)) from error
    except (OSError, asyncpg.PostgresError) as error:
        raise click.ClickException(f"PostgreSQL: {error}") from error


if __name__ == "__main__":
    main()
