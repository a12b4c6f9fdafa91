"""`python -m services.local`: commands for a stack that `make run` runs."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import click

from services.local.run.add_city import add_city
from services.local.run.backup import backup
from services.local.run.home import Home, LocalError, open_home
from services.local.run.lock import hold_lock, pid_of_stack
from services.local.run.restore import restore
from services.local.run.restore_wish import ask_for_restore
from services.local.servers.cities import City

FILE = click.Path(dir_okay=False, path_type=Path)
NO_NAME = "name a file: make backup FILE=…, make restore FILE=…"
POLE = 90
DATE_LINE = 180


def _named(_context: click.Context, _parameter: click.Parameter, file: Path) -> Path:
    if not file.name:
        raise click.BadParameter(NO_NAME)
    return file


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    envvar="MERIDIAN_HOME",
    default=".meridian",
    type=click.Path(file_okay=False, path_type=Path),
    show_default=True,
    show_envvar=True,
    help="folder of the stack",
)
@click.pass_context
def main(context: click.Context, home: Path) -> None:
    """Work on the local stack of a home."""
    context.obj = home


@main.command("add-city")
@click.argument("name")
@click.option("--city", "title", required=True, help="what people call it, such as Frankfurt")
@click.option("--latitude", type=click.FloatRange(-POLE, POLE), required=True, help="degrees")
@click.option(
    "--longitude", type=click.FloatRange(-DATE_LINE, DATE_LINE), required=True, help="degrees"
)
@click.option("--zone", help="part of the world that may be lost as one; by default its name")
@click.pass_obj
def add(
    home: Path, name: str, title: str, latitude: float, longitude: float, zone: str | None
) -> None:
    """Start one more S3 server with its edge, and print what `POST /servers` needs as JSON."""
    try:
        wanted = add_city(open_home(home), City(name, title, zone or name, latitude, longitude))
    except LocalError as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(wanted))


@main.command("backup")
@click.argument("file", type=FILE, callback=_named)
@click.pass_obj
def back_up(home: Path, file: Path) -> None:
    """Write the database, the secrets and all objects of a home to FILE; it may run meanwhile."""
    try:
        asyncio.run(backup(open_home(home), file))
    except LocalError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{file}: {file.stat().st_size:,} bytes; whoever has it has all secrets")


@main.command("restore")
@click.argument("file", type=FILE, callback=_named)
@click.pass_obj
def bring_back(home: Path, file: Path) -> None:
    """Put what FILE holds in place of everything in a home; one that runs begins anew."""
    try:
        restore_home(open_home(home), file)
    except LocalError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{home} is as it was when {file} was made")


def restore_home(home: Home, file: Path) -> None:
    """Restore by the stack that runs, or by ourselves when none does."""
    stack = pid_of_stack(home)
    if stack:
        ask_for_restore(home, file, stack)
        return
    with hold_lock(home) as lock:
        asyncio.run(restore(home, file, lock))


if __name__ == "__main__":
    main()
