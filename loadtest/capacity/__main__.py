"""`python -m loadtest.capacity`: how many people a stack on this machine holds."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import click

from loadtest.capacity.guests import guests
from loadtest.capacity.lost_city import lost
from loadtest.capacity.page import make_html, make_markdown
from loadtest.capacity.promises import Promises
from loadtest.capacity.search import find_most
from loadtest.capacity.trial import Setting, Trial, attempt
from loadtest.capacity.verdict import Conditions, Verdict, last_people
from loadtest.leaving import clean_up_when_ended
from loadtest.processes import need_proc
from loadtest.report_path import REPORTS, report_path
from loadtest.stack import PROJECT, StackError, use_stack

MOST_PEOPLE = 5000
# A later search knows where to look.
NEAR = 0.8
SMALL_LEAP = 1.25


def _option(name: str, default: Any, least: float, most: float, words: str) -> click.Option:
    kind: click.FloatRange | click.IntRange = click.FloatRange(least, most)
    if isinstance(default, int):
        kind = click.IntRange(int(least), int(most))
    return click.Option([name], default=default, show_default=True, type=kind, help=words)


OPTIONS: list[click.Parameter] = [
    _option("--first", 50, 1, MOST_PEOPLE, "How many people there are in the first trial."),
    _option("--most", 2000, 1, MOST_PEOPLE, "Never try more than this."),
    _option("--seconds", 20.0, 2, 3600, "How long everybody is there in a trial."),
    _option("--think", 8.0, 0.1, 600, "Seconds from act to act of one person."),
    _option("--files", 10_000, 0, 100_000, "How many files are in each library."),
    _option("--searches", 2, 1, 5, "How often to look, to see how sure the verdict is."),
    _option("--p95-ms", 200.0, 1, 60_000, "What every call of the API promises."),
    _option("--at-least", 0, 0, MOST_PEOPLE, "Fail when the verdict is less."),
    click.Option(["--lose"], metavar="CITY", help="Lose a server for the time of the run."),
]


@click.command(params=OPTIONS)
def main(**chosen: Any) -> None:
    """Let more and more people use Meridian on this machine, until a promise breaks.

    Takes the stack that runs from MERIDIAN_HOME; when none does, brings one up and stops it after.
    """
    need_proc()
    clean_up_when_ended()
    promises = Promises(p95_ms=chosen["p95_ms"])
    try:
        found, trials = _carry_out(chosen, promises)
    except StackError as error:
        raise click.ClickException(str(error)) from error
    conditions = Conditions(promises, chosen["think"], chosen["lose"], _revision())
    people = _report(Verdict(found, trials, conditions))
    sys.exit(people < chosen["at_least"])


def _carry_out(chosen: dict[str, Any], promises: Promises) -> tuple[list[int], list[Trial]]:
    timing = chosen["seconds"], chosen["think"]
    with use_stack() as stack, guests(stack, chosen["files"]) as (accounts, chief):
        setting = Setting(stack, accounts, chief, promises, *timing)
        with lost(stack, chosen["lose"]):
            return _search(setting, chosen)


def _search(setting: Setting, chosen: dict[str, Any]) -> tuple[list[int], list[Trial]]:
    trials: list[Trial] = []

    def watched(people: int) -> Trial:
        click.echo(f"{people:,} people …", err=True)
        trial = attempt(setting, people)
        trials.append(trial)
        click.echo(f"  {trial.broken[0] if trial.broken else 'held'}", err=True)
        return trial

    found = [find_most(watched, chosen["first"], chosen["most"])]
    for _ in range(chosen["searches"] - 1):
        near = max(1, int(NEAR * found[0]))
        found.append(find_most(watched, near, chosen["most"], SMALL_LEAP))
    return found, trials


def _report(verdict: Verdict) -> int:
    """Print the verdict, and write it down for people and for programs; how many people."""
    before = last_people(REPORTS, verdict.conditions.lost)
    path = report_path("capacity", "json")
    path.write_text(json.dumps(verdict.as_json(), indent=2), encoding="utf-8")
    path.with_suffix(".html").write_text(make_html(verdict, before), encoding="utf-8")
    markdown = make_markdown(verdict, before)
    path.with_suffix(".md").write_text(markdown, encoding="utf-8")
    click.echo(f"\n{markdown}\n\n{path.with_suffix('.html').relative_to(PROJECT)}")
    return verdict.people


def _revision() -> str:
    command = ("git", "-C", str(PROJECT), "describe", "--always", "--dirty")
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return said or "unknown"


if __name__ == "__main__":
    main()
