"""`python -m services`: all of Meridian on this machine, in the foreground."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import click

from services.local.process.ports import DEFAULT_GATEWAY_PORT, LAST_PORT
from services.local.run.home import LocalError, open_home
from services.local.run.run import run
from services.local.run.screen import Screen
from shared.env_faults import misspelt


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    envvar="MERIDIAN_HOME",
    default=".meridian",
    type=click.Path(file_okay=False, path_type=Path),
    show_default=True,
    show_envvar=True,
    help="folder for all data, logs and secrets",
)
@click.option(
    "--port",
    envvar="MERIDIAN_PORT",
    type=click.IntRange(1, LAST_PORT),
    show_envvar=True,
    help=f"where the gateway listens; if not given, the first free one from {DEFAULT_GATEWAY_PORT}",
)
def main(home: Path, port: int | None) -> None:
    """Run both APIs, the replicator, the web page and all servers until Ctrl-C."""
    faults = list(misspelt(os.environ))
    if faults:
        raise click.ClickException("\n".join(faults))
    try:
        asyncio.run(run(open_home(home), port, Screen()))
    except LocalError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{home}: {error}") from error
    except (asyncio.CancelledError, KeyboardInterrupt):
        click.echo("stopped")


if __name__ == "__main__":
    main()
