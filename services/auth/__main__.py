"""`python -m services.auth`: the service, and what an operator does beside it."""

from __future__ import annotations

import asyncio
import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
import orjson
from environs import EnvError

from services.auth import commands
from services.auth.settings import read_settings
from services.auth.social import commands as providers
from services.auth.social.commands import WantedProvider
from shared.db_outage import DATABASE_ERRORS
from shared.logs import configure_logs

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from services.auth.settings import Settings

PASSWORD_VARIABLE: Final = "MERIDIAN_SUPERUSER_PASSWORD"  # noqa: S105
PROVIDER_VARIABLE: Final = "MERIDIAN_PROVIDER_SECRET"

ResultT = TypeVar("ResultT")


@click.group(context_settings={"help_option_names": ("-h", "--help")})
def main() -> None:
    """Who you are. Settings come from the environment; .env.example lists them."""


@main.command()
def serve() -> None:
    """Serve /auth/api until told to stop."""
    from services.auth.app import make_auth  # noqa: PLC0415 the other commands need no web
    from shared.web.serve import serve as serve_app  # noqa: PLC0415

    settings = settings_or_exit()
    auth = settings.auth
    factory = partial(make_auth, settings)
    sys.exit(serve_app(factory, auth.host, auth.port, auth.processes))


@main.command()
@click.option("--username", prompt=True, help="3 to 64 letters, digits, dots, _ and -")
@click.option("--email", prompt=True, help="e-mail address")
def createsuperuser(username: str, email: str) -> None:
    """Add a user who may do everything.

    The password is never an argument, where others could see it: it comes from
    MERIDIAN_SUPERUSER_PASSWORD, from a prompt, or from the first line of standard input.
    """
    account = {
        "username": username,
        "email": email,
        "password": ask_secret(PASSWORD_VARIABLE, "Password"),
        "is_superuser": True,
    }
    run(commands.create_account(settings_or_exit().shared, account))
    click.echo(f"created superuser {username}")


@main.command("ensure-accounts")
def ensure_accounts() -> None:
    """Add the users that standard input lists and that are not there yet.

    One JSON object a line: username, email, password, is_superuser.
    """
    try:
        accounts = [orjson.loads(line) for line in sys.stdin.buffer if line.strip()]
    except orjson.JSONDecodeError as error:
        raise click.ClickException("standard input is not one JSON object a line") from error
    created = run(commands.ensure_accounts(settings_or_exit().shared, accounts))
    click.echo("\n".join(f"created {username}" for username in created) or "nothing to do")


@main.command("rotate-keys")
@click.option("--now", "at_once", is_flag=True, help="drop the old keys at once: they leaked")
def rotate_keys(*, at_once: bool) -> None:
    """Make a new signing key.

    It signs as soon as every service can know it; the old keys stay valid until their last
    token has expired. With --now everybody has to get new tokens.
    """
    kid = run(commands.rotate_keys(settings_or_exit().shared, at_once=at_once))
    click.echo(f"created signing key {kid}")


@main.command("keys")
def keys() -> None:
    """List the signing keys: next, current, retired and those that are over."""
    click.echo("\n".join(run(commands.list_keys(settings_or_exit().shared))) or "no key yet")


@main.command("verify-audit")
@click.option("--known", default="", help="an end that was printed before: number:hash")
def verify_audit(known: str) -> None:
    """Check that nobody has changed the audit of users, roles, permissions and keys.

    Prints where it ends. Keep that line where the database cannot reach it and give it as --known
    next time: then also an audit that was written anew as a whole is found out.
    """
    end = run(commands.verify_audit(settings_or_exit().shared, known))
    click.echo(f"the audit is whole and ends with {end}")


@main.command("set-provider")
@click.argument("name")
@click.option("--client-id", prompt=True, help="what the other site calls us")
@click.option("--issuer", help="its address, exactly as its tokens name it")
@click.option("--title", help="what people call it")
@click.option("--scopes", help="what to ask for, with blanks between")
@click.option("--public", "is_public", is_flag=True, help="it gave us no secret")
def set_provider(name: str, *, client_id: str, is_public: bool, **wishes: str | None) -> None:
    """Let people sign in with another site: google, yandex, or any OpenID Connect issuer.

    Register there <MERIDIAN_PUBLIC_URL>/auth/api/v1/oauth/NAME/callback as where it sends people
    back to. The secret it gives comes from MERIDIAN_PROVIDER_SECRET, from a prompt, or from the
    first line of standard input.
    """
    secret = "" if is_public else ask_secret(PROVIDER_VARIABLE, "Secret")
    wanted = WantedProvider(name, client_id, secret, **wishes)
    issuer = run(providers.set_provider(settings_or_exit().shared, wanted))
    click.echo(f"people can sign in with {name} ({issuer})")


@main.command("remove-provider")
@click.argument("name")
def remove_provider(name: str) -> None:
    """Let nobody sign in with this site any more; links to it stay, for when it returns."""
    run(providers.remove_provider(settings_or_exit().shared, name))
    click.echo(f"removed {name}")


def ask_secret(name: str, label: str) -> str:
    """Take a secret from the environment, a terminal or standard input."""
    given = os.environ.get(name)
    if given:
        return given
    if sys.stdin.isatty():
        typed: str = click.prompt(label, hide_input=True, confirmation_prompt=True)
        return typed
    return sys.stdin.readline().rstrip("\r\n")


def settings_or_exit() -> Settings:
    """Read the settings and set up the logs, or say which variable is wrong."""
    try:
        settings = read_settings()
    except EnvError as error:
        raise click.ClickException(str(error)) from error
    configure_logs("auth", level=settings.shared.log_level, form=settings.shared.log_format)
    return settings


def run(work: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Carry out a command; what goes wrong is one line on the terminal."""
    try:
        return asyncio.run(work)
    except commands.CommandError as error:
        raise click.ClickException(str(error)) from error
    except DATABASE_ERRORS as error:
        raise click.ClickException(f"PostgreSQL: {error}") from error


if __name__ == "__main__":
    main()
