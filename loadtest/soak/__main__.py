"""`python -m loadtest.soak`: people stay for long, and nothing grows."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import click

from loadtest.capacity.guests import guests
from loadtest.capacity.promises import Promises
from loadtest.capacity.trial import Setting, Trial, attempt
from loadtest.capacity.verdict import last_people
from loadtest.leaving import clean_up_when_ended
from loadtest.processes import need_proc
from loadtest.report_path import REPORTS, report_path
from loadtest.soak.growth import measure_growth, restarted
from loadtest.soak.words import make_report
from loadtest.stack import PROJECT, StackError, use_stack

if TYPE_CHECKING:
    from pathlib import Path

SHARE_OF_CAPACITY: Final = 0.7
SECONDS_A_MINUTE: Final = 60


@click.command()
@click.option(
    "--people",
    type=click.IntRange(1, 5000),
    help="How many people there are; 70 % of what the last `make capacity` found when not given.",
)
@click.option("--minutes", default=20.0, show_default=True, type=click.FloatRange(0.1, 240))
@click.option(
    "--think",
    default=8.0,
    show_default=True,
    type=click.FloatRange(0.1, 600),
    help="Seconds from act to act of one person.",
)
@click.option(
    "--files",
    default=10_000,
    show_default=True,
    type=click.IntRange(0, 100_000),
    help="How many files are in each library.",
)
def main(**chosen: Any) -> None:
    """Let people use Meridian for long, and say what grew meanwhile.

    Memory, open files and connections of the second half of the time are compared with the first,
    without its beginning. All that was seen is in reports/soak-….json. Ends with 1 when something
    grew, a process ended or a request failed. Takes the stack that runs from MERIDIAN_HOME; when
    none does, brings one up and stops it after.
    """
    need_proc()
    clean_up_when_ended()
    people = chosen["people"] or _most_of_capacity()
    try:
        trial = _soak(people, chosen)
    except StackError as error:
        raise click.ClickException(str(error)) from error
    growths = measure_growth(trial.samples)
    click.echo(make_report(trial, growths))
    click.echo(f"All that was seen: {_keep(trial)}", err=True)
    is_calm = all(one.is_flat for one in growths) and not restarted(trial.samples)
    sys.exit(bool(trial.report.failures) or not is_calm)


def _keep(trial: Trial) -> Path:
    path = report_path("soak", "json")
    seen = [asdict(sample) for sample in trial.samples]
    path.write_text(json.dumps({"people": trial.people, "samples": seen}), encoding="utf-8")
    return path.relative_to(PROJECT)


def _most_of_capacity() -> int:
    found = last_people(REPORTS, None)
    if not found:
        raise click.UsageError("Nothing says what this machine holds: make capacity, or --people.")
    return max(1, round(SHARE_OF_CAPACITY * found))


def _soak(people: int, chosen: dict[str, Any]) -> Trial:
    with use_stack() as stack, guests(stack, chosen["files"]) as (accounts, chief):
        seconds = chosen["minutes"] * SECONDS_A_MINUTE
        click.echo(f"{people:,} people for {chosen['minutes']:g} minutes …", err=True)
        setting = Setting(stack, accounts, chief, Promises(), seconds, chosen["think"])
        return attempt(setting, people)


if __name__ == "__main__":
    main()
