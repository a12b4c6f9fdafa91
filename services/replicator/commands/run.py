"""The process itself."""

from __future__ import annotations

import asyncio

import click
from environs import EnvError

from services.replicator.settings import read_settings
from shared.env import read_shared
from shared.env_faults import read_all
from shared.logs import configure_logs
from shared.pulse import serve_metrics


@click.command()
def run() -> None:
    """Work on the stream and on what is due, until told to stop."""
    from services.replicator.run import run as work  # noqa: PLC0415 help needs no S3

    try:
        shared, settings = read_all(lambda env: (read_shared(env), read_settings(env)))
        serve_metrics(shared)
    except EnvError as error:
        raise click.ClickException(str(error)) from error
    configure_logs("replicator", level=shared.log_level, form=shared.log_format)
    asyncio.run(work(shared, settings))
