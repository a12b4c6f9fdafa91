"""Why copies are not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from services.replicator.catalog.errors import group_errors
from services.replicator.commands.asking import ask, for_programs
from services.replicator.commands.words import as_json, as_table

if TYPE_CHECKING:
    from services.replicator.commands.words import Row
    from shared.db import Pool

MOST: Final = 100


@click.command()
@for_programs
def errors(*, is_json: bool) -> None:
    """Show why copies are not there, the most frequent reasons first."""
    found = ask(find_errors)
    click.echo(as_json(found) if is_json else as_table(found))


async def find_errors(pool: Pool) -> list[Row]:
    """The reasons with how many copies each keeps away."""
    return [
        {
            "server": group.server,
            "copies": group.copies,
            "dead letters": group.dead_letters,
            "next attempt": group.next_attempt_at,
            "error": group.error,
        }
        for group in await group_errors(pool, MOST)
    ]
