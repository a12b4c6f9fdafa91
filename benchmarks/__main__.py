"""`python -m benchmarks`: our figures beside the raw limits of the same machine."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from typing import TYPE_CHECKING

import click

from benchmarks.against import checked_out, compare, measure_before
from benchmarks.bench import borrow_accounts, open_bench
from benchmarks.figures import Figure, make_table, write_json
from benchmarks.load import BenchmarkError
from benchmarks.parts import ALL_PARTS, LONG_PARTS, PARTS
from benchmarks.rounds import medians
from loadtest.leaving import clean_up_when_ended
from loadtest.processes import need_proc
from loadtest.report_path import report_path
from loadtest.stack import PROJECT, Stack, StackError, use_stack

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.against import Before
    from loadtest.accounts import Account


@click.command()
@click.option(
    "--part",
    "parts",
    multiple=True,
    type=click.Choice(tuple(ALL_PARTS)),
    help=f"Only this one; may be given again. By itself nothing does: {', '.join(LONG_PARTS)}.",
)
@click.option(
    "--seconds",
    default=3.0,
    show_default=True,
    type=click.FloatRange(0.5, 60),
    help="How long each operation is asked for.",
)
@click.option(
    "--against",
    metavar="REVISION",
    help="Measure this revision of the project, too, part by part in turn.",
)
@click.option(
    "--rounds",
    default=1,
    show_default=True,
    type=click.IntRange(1, 20),
    help="How often it is all done; the medians are shown, and of comparisons the median ratios.",
)
def main(parts: tuple[str, ...], seconds: float, against: str | None, rounds: int) -> None:
    """Measure Meridian on this machine, and the machine without Meridian.

    Takes the stack that runs from MERIDIAN_HOME; when none does, brings one up and stops it after.
    """
    need_proc()
    clean_up_when_ended()
    before: list[dict[str, Before]] = []
    now: list[list[Figure]] = []
    try:
        with checked_out(against) if against else nullcontext() as place:
            for _ in range(rounds):
                there, here = _measure_round(place, parts or tuple(PARTS), seconds)
                before.append(there)
                now.append(here)
    except (StackError, BenchmarkError) as error:
        raise click.ClickException(str(error)) from error
    figures = medians(now)
    path = report_path("benchmarks", "json")
    write_json(path, figures)
    click.echo(f"\n{make_table(figures)}\n\n{path.relative_to(PROJECT)}")
    if against:
        click.echo(f"\nAgainst {against}:\n{compare(before, now)}")


def _measure_round(
    place: Path | None, parts: Sequence[str], seconds: float
) -> tuple[dict[str, Before], list[Figure]]:
    before: dict[str, Before] = {}
    figures: list[Figure] = []
    for part in parts:
        click.echo(f"{part} …", err=True)
        if place is not None:
            before |= measure_before(place, part, seconds)
        figures += _measure_here(part, seconds)
    return before, figures


def _measure_here(part: str, seconds: float) -> list[Figure]:
    with use_stack() as stack, borrow_accounts(stack) as accounts:
        return asyncio.run(_measure(stack, accounts, part, seconds))


async def _measure(
    stack: Stack, accounts: Sequence[Account], part: str, seconds: float
) -> list[Figure]:
    async with open_bench(stack, accounts, seconds) as bench:
        return await ALL_PARTS[part](bench)


if __name__ == "__main__":
    main()
