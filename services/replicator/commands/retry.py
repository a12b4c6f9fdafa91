"""Dead letters, tried again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import click

from services.replicator.commands.asking import ask, server_named
from shared.catalog.dead_letters import retry_letters

if TYPE_CHECKING:
    from uuid import UUID

    from shared.db import Pool


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which dead letters: None is any."""

    letter_id: UUID | None
    server: str | None
    error: str | None


@click.command()
@click.argument("dead_letter", required=False, type=click.UUID)
@click.option("--server", help="Only of this server.")
@click.option("--error", help="Only with this text in the error.")
@click.option("--all", "is_all", is_flag=True, help="Every dead letter there is.")
def retry(dead_letter: UUID | None, server: str | None, error: str | None, *, is_all: bool) -> None:
    """Try dead letters again now: one by its id, those of a kind, or all."""
    if not (dead_letter or server or error or is_all):
        raise click.UsageError("Say which: an id, --server, --error or --all.")
    count = ask(partial(retry_wanted, wanted=Wanted(dead_letter, server, error)))
    click.echo(f"{count} to be tried again")


async def retry_wanted(pool: Pool, wanted: Wanted) -> int:
    """Try dead letters again now; how many."""
    server_id = None
    if wanted.server is not None:
        server_id = (await server_named(pool, wanted.server)).id
    letters = await retry_letters(pool, wanted.letter_id, server_id=server_id, error=wanted.error)
    return len(letters)
