"""`python -m services.replicator`: copies what was stored, erases what was deleted."""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

# Each is a file of its own, and only the one that is asked for is read.
COMMANDS: Final = ("backfill", "drain", "errors", "retry", "run", "status")


class Commands(click.Group):
    """The commands of the folder `commands`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name them."""
        return list(COMMANDS)

    def get_command(  # noqa: WPS615 click calls it by this name
        self, ctx: click.Context, cmd_name: str
    ) -> click.Command | None:
        """Read the file of one."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(
            import_module(f"services.replicator.commands.{cmd_name}"), cmd_name
        )
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ("-h", "--help")})
def main() -> None:
    """Making copies. Settings come from the environment; .env.example lists them."""


if __name__ == "__main__":
    main()
