"""How full every server is."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Final

import click

from services.replicator.catalog.filled import count_filled
from services.replicator.commands.asking import ask, for_programs
from services.replicator.commands.words import as_bar, as_json, as_table
from shared.catalog.jobs import PLACEMENT_JOB, run_job_now

if TYPE_CHECKING:
    from services.replicator.commands.words import Row
    from shared.db import Pool

LOOK_SECONDS: Final = 1


@click.command()
@for_programs
@click.option("--now", "is_new", is_flag=True, help="Compare all with what is wanted, first.")
@click.option("--watch", is_flag=True, help="Show it again every second until all is there.")
def backfill(*, is_json: bool, is_new: bool, watch: bool) -> None:
    """Show what every server has of what it should have."""
    while True:
        found = ask(partial(find_filled, is_new=is_new))
        click.echo(as_json(found) if is_json else as_table([_filled(row) for row in found]))
        if not watch or all(row["copies"] == row["wanted"] for row in found):
            return
        is_new = False
        time.sleep(LOOK_SECONDS)


async def find_filled(pool: Pool, *, is_new: bool) -> list[Row]:
    """What every server has of what it should have; `is_new`: compare all again now."""
    if is_new:
        await run_job_now(pool, PLACEMENT_JOB)
    return [
        {
            "server": one.server,
            "copies": one.ready,
            "wanted": one.wanted,
            "bytes": one.ready_bytes,
            "wanted bytes": one.wanted_bytes,
        }
        for one in await count_filled(pool)
    ]


def _filled(row: Row) -> Row:
    copies, wanted = row["copies"], row["wanted"]
    return {
        "server": row["server"],
        "filled": f"{as_bar(copies, wanted)} {copies} of {wanted} copies",
    }
