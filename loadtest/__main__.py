"""`python -m loadtest`: people use a stack for a while; a table and a report tell how it went."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from loadtest.leaving import clean_up_when_ended
from loadtest.populate import prepare, remove_files
from loadtest.report import make_table, read_report
from loadtest.report_path import report_path
from loadtest.run_locust import Plan, run_locust
from loadtest.shapes import SHAPES
from loadtest.stack import PROJECT, Stack, StackError, use_stack

SHOWN_FAILURES = 10
MOST_USERS = 2000

OPTIONS: list[click.Parameter] = [
    click.Option(
        ["--users"],
        type=click.IntRange(1, MOST_USERS),
        default=20,
        show_default=True,
        help="People at once.",
    ),
    click.Option(
        ["--spawn-rate"],
        type=click.FloatRange(0.1, 100),
        default=5,
        show_default=True,
        help="How many of them arrive in a second.",
    ),
    click.Option(
        ["--seconds"],
        type=click.FloatRange(1, 24 * 3600),
        default=60,
        show_default=True,
        help="How long it takes.",
    ),
    click.Option(
        ["--shape"],
        type=click.Choice(sorted(SHAPES)),
        default="steady",
        show_default=True,
        help="How many of them there are as time goes on.",
    ),
    click.Option(
        ["--sharing"],
        is_flag=True,
        help="They give files out by links, which others open and browse.",
    ),
    click.Option(
        ["--address"], help="A stack on this machine, instead of the one of MERIDIAN_HOME."
    ),
]


@click.command(params=OPTIONS)
def main(
    users: int, spawn_rate: float, seconds: float, shape: str, address: str | None, *, sharing: bool
) -> None:
    """Let people all over the world use Meridian on this machine.

    Takes the stack that runs from MERIDIAN_HOME; when none does, brings one up and stops it after.
    """
    clean_up_when_ended()
    try:
        with use_stack(address) as stack:
            who = "Sharer" if sharing else "Person"
            failed = _run(stack, Plan(users, spawn_rate, seconds, shape, who=who))
    except StackError as error:
        raise click.ClickException(str(error)) from error
    sys.exit(1 if failed else 0)


def _run(stack: Stack, plan: Plan) -> bool:
    """Run it and print the table; whether anything failed."""
    click.echo(f"{plan.users} people, {plan.seconds:g} s, {plan.shape}, at {stack.address}")
    accounts = prepare(stack, plan.users)
    html = report_path("load", "html")
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures.json"
        try:
            run_locust(stack, plan, accounts, figures, html)
        finally:
            click.echo(f"{remove_files(stack, accounts)} files were left, and are deleted")
        report = read_report(figures)
    click.echo(f"\n{make_table(report.rows)}\n")
    for failure in report.failures[:SHOWN_FAILURES]:
        click.echo(f"{failure.occurrences} × {failure.name}: {failure.error}")
    click.echo(f"The whole report: {html.relative_to(PROJECT)}")
    return bool(report.failures)


if __name__ == "__main__":
    main()
