"""`python -m services.local`: commands for a stack that `make run` runs."""

from __future__ import annotations

import json
from pathlib import Path

import click

from services.local.run.add_city import add_city
from services.local.run.home import LocalError, open_home
from services.local.servers.cities import City

POLE = 90
DATE_LINE = 180


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


if __name__ == "__main__":
    main()
