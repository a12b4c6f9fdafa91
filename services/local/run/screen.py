"""What the person at the terminal sees."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from services.local.run.plan import HTTP_SERVICES

if TYPE_CHECKING:
    from services.local.run.plan import Plan

TITLES = {
    "postgres": "PostgreSQL",
    "valkey": "Valkey",
    "gateway": "gateway",
    "auth": "auth API",
    "storage": "storage API",
}


class Screen:
    """A line for each step; colour on a terminal only."""

    def done(self, name: str, seconds: float) -> None:
        """Tell that a process is ready."""
        mark = click.style("✓", fg="green")
        self.say(f"  {mark} {TITLES.get(name, name):<24}{seconds:6.2f} s")

    def say(self, line: str) -> None:
        """Print a line at once, also into a pipe."""
        # Nobody may be looking any more; that must not keep the stack from ending well.
        with suppress(OSError):
            click.echo(line)
            sys.stdout.flush()

    def show(self, plan: Plan, seconds: float) -> None:
        """Print what a person needs to go on."""
        address = plan.gateway.address
        rows = [("Open", click.style(address, bold=True, fg="cyan"))]
        rows += [("API", f"{address}/{service}/api/doc") for service in HTTP_SERVICES]
        rows += [(str(one["username"]), str(one["password"])) for one in plan.accounts]
        rows += [(edge.city.title, edge.endpoint) for edge in plan.edges]
        rows += [("Data", str(plan.home.folder)), ("Logs", str(plan.home.logs))]
        self.say(f"\nMeridian is ready after {seconds:.1f} s.\n")
        for title, text in rows:
            self.say(f"  {title:<14}{text}")
        self.say("\nCtrl-C stops everything.\n")
