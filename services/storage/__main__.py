"""`python -m services.storage`: the API, or the relay behind it."""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from typing import TYPE_CHECKING

import click
from environs import EnvError

from services.storage.settings import read_settings
from shared.db_outage import DATABASE_ERRORS
from shared.env import read_http, read_shared
from shared.env_faults import read_all
from shared.logs import configure_logs
from shared.pulse import serve_metrics

if TYPE_CHECKING:
    from services.storage.settings import StorageSettings
    from shared.env import HttpSettings, SharedSettings


@click.group(context_settings={"help_option_names": ("-h", "--help")})
def main() -> None:
    """Where files are. Settings come from the environment; .env.example lists them."""


@main.command()
def serve() -> None:
    """Serve /storage/api until told to stop."""
    from services.storage.app import make_storage  # noqa: PLC0415 the relay needs no web
    from shared.web.serve import serve as serve_app  # noqa: PLC0415

    shared, http, settings = _read()
    configure_logs("storage", level=shared.log_level, form=shared.log_format)
    factory = partial(make_storage, shared, http, settings)
    sys.exit(serve_app(factory, settings.host, settings.port, settings.processes))


@main.command()
def relay() -> None:
    """Move events from the outbox to the stream, and find uploads nobody announced."""
    from services.storage.relay.run import run_background  # noqa: PLC0415

    shared, _, settings = _read()
    configure_logs("relay", level=shared.log_level, form=shared.log_format)
    try:
        serve_metrics(shared)
    except EnvError as error:
        raise click.ClickException(str(error)) from error
    asyncio.run(run_background(shared, settings))


@main.command("set-up-servers")
@click.option(
    "--servers",
    envvar="MERIDIAN_SERVERS",
    required=True,
    show_envvar=True,
    help="JSON list: name, endpoint, public_endpoint, region, bucket, access_key, secret_key, "
    "hook_secret, city, zone, latitude, longitude",
)
def set_up_servers(servers: str) -> None:
    """Add S3 servers, or bring up to date how they are reached: bucket, CORS, webhook, probe.

    Safe to run again: where a known server is, whether it is on, and that it was removed is what
    operators decide, and stays.
    """
    from services.storage.servers import commands  # noqa: PLC0415 the relay needs none of it

    shared, _, _ = _read()
    configure_logs("storage", level=shared.log_level, form=shared.log_format)
    try:
        done = asyncio.run(commands.set_up(shared, servers))
    except commands.CommandError as error:
        raise click.ClickException(str(error)) from error
    except DATABASE_ERRORS as error:
        raise click.ClickException(f"PostgreSQL: {error}") from error
    for one in done:
        click.echo(commands.summary(one))


@main.command("verify-history")
@click.option("--known", default="", help="an end that was printed before: number:hash")
def verify_history(known: str) -> None:
    """Check that nobody has changed the history of files, links and servers.

    Prints where it ends. Keep that line where the database cannot reach it and give it as --known
    next time: then also a history that was written anew as a whole is found out. Months that
    MERIDIAN_HISTORY_MONTHS lets go are not missed.
    """
    from services.storage.history import commands  # noqa: PLC0415 the relay needs none of it

    shared, _, settings = _read()
    try:
        said = asyncio.run(commands.verify_history(shared, settings.history_months, known))
    except ValueError as error:
        raise click.ClickException(f'"{known}" is no end of a history, as in 12:5f…') from error
    except commands.BrokenHistory as error:
        raise click.ClickException(str(error)) from error
    except DATABASE_ERRORS as error:
        raise click.ClickException(f"PostgreSQL: {error}") from error
    click.echo(said)


def _read() -> tuple[SharedSettings, HttpSettings, StorageSettings]:
    try:
        return read_all(lambda env: (read_shared(env), read_http(env), read_settings(env)))
    except EnvError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
