"""A program that runs once and ends, such as initdb."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from services.local.process.child import PROJECT
from services.local.process.reason import ending, failure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from services.local.process.guard import Guard

# What goes in front of a program to run it as somebody else.
LAUNCHERS = frozenset(("unshare", "setpriv"))


async def run_tool(
    argv: Sequence[str], env: Mapping[str, str], guard: Guard, text: str = ""
) -> str:
    """Run a program to its end with `text` as its input, and return what it printed.

    Raises ChildError with its last words when it fails.
    """
    name = program_name(argv)
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=PROJECT,
            env=env,
            process_group=guard.group,
            pass_fds=(guard.life,),
        )
    except OSError as error:
        raise failure(name, "could not be started", str(error)) from error
    said, _ = await process.communicate(text.encode())
    if process.returncode:
        raise failure(name, ending(process.returncode), said.decode(errors="replace"))
    return said.decode(errors="replace")


def program_name(argv: Sequence[str]) -> str:
    """Name a program as a person would: by its module, or without its folder."""
    if "-m" in argv:
        return argv[argv.index("-m") + 1]
    words = [word for word in argv if not word.startswith("-")]
    return next(word for word in words if word not in LAUNCHERS).rpartition("/")[-1]
