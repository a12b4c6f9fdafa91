"""How far behind every server is, and how the jobs are doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from services.replicator.commands.asking import ask, for_programs
from services.replicator.commands.words import as_json, as_table
from shared.catalog.figures import count_figures
from shared.catalog.jobs import list_jobs

if TYPE_CHECKING:
    from services.replicator.commands.words import Row
    from shared.catalog.figures import Figures
    from shared.catalog.jobs import JobRow
    from shared.db import Pool


@click.command()
@for_programs
def status(*, is_json: bool) -> None:
    """Show how far behind every server is, and how the jobs are doing."""
    found = ask(find_status)
    if is_json:
        click.echo(as_json(found))
        return
    click.echo(as_table(found["servers"]))
    click.echo()
    click.echo(as_table(found["jobs"]))


async def find_status(pool: Pool) -> dict[str, list[Row]]:
    """Figures of the servers that are there, and the jobs."""
    return {
        "servers": [_server_row(figures) for figures in await count_figures(pool)],
        "jobs": [_job_row(job) for job in await list_jobs(pool)],
    }


def _server_row(figures: Figures) -> Row:
    return {
        "server": figures.server.name,
        "state": figures.server.state,
        "backlog": figures.backlog,
        "bytes": figures.bytes,
        "p50": figures.p50,
        "p95": figures.p95,
        "oldest": figures.oldest,
        "per second": figures.per_second,
        "errors": figures.errors,
        "dead letters": figures.dead_letters,
    }


def _job_row(job: JobRow) -> Row:
    return {
        "job": job.name,
        "status": job.status,
        "finished": job.finished_at,
        "due": job.due_at,
        "runs": job.runs,
        "error": job.error,
    }
