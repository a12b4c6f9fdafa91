"""`python -m examples.movies serve`: the films API."""

from __future__ import annotations

import sys
from functools import partial

import click
from environs import EnvError

from examples.movies.app import make_movies
from examples.movies.settings import read_settings
from shared.env import read_http, read_shared
from shared.env_faults import read_all
from shared.logs import configure_logs
from shared.web.serve import serve as serve_app


@click.group(context_settings={"help_option_names": ("-h", "--help")})
def main() -> None:
    """Films that play from the nearest city. Settings come from the environment."""


@main.command()
def serve() -> None:
    """Serve /movies/api until told to stop."""
    try:
        shared, http, settings = read_all(
            lambda env: (read_shared(env), read_http(env), read_settings(env))
        )
    except EnvError as error:
        raise click.ClickException(str(error)) from error
    configure_logs("movies", level=shared.log_level, form=shared.log_format)
    factory = partial(make_movies, shared, http, settings)
    sys.exit(serve_app(factory, settings.host, settings.port))


if __name__ == "__main__":
    main()
