"""Who PostgreSQL runs as: it refuses to be root."""

from __future__ import annotations

import os
import pwd
import shutil
from typing import TYPE_CHECKING

from services.local.process.programs import clean_environment, postgres_program
from services.local.process.reason import ChildError
from services.local.process.tool import run_tool
from services.local.run.home import LocalError

if TYPE_CHECKING:
    from pathlib import Path

    from services.local.process.guard import Guard

# It sees itself as user 1000, while its files stay root's.
NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
PASSABLE_FOLDER = 0o711


async def choose_user(folder: Path, guard: Guard) -> tuple[str, ...]:
    """Make `folder` usable and return what goes in front of the command line.

    Nothing for an ordinary user; for root a user namespace, else the user `nobody`. LocalError
    when neither works.
    """
    if os.geteuid() != 0:
        return ()
    if await _works((*NAMESPACE, postgres_program("postgres"), "--version"), guard):
        _give(folder, 0)
        return NAMESPACE
    nobody = pwd.getpwnam("nobody")
    identity = (f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups")
    drop = ("setpriv", *identity)
    _give(folder, nobody.pw_uid)
    # The home's own files stay private one by one; its names may then be known.
    folder.parent.chmod(PASSABLE_FOLDER)
    reaches = (*drop, "test", "-w", str(folder))
    runs = (*drop, postgres_program("postgres"), "--version")
    if await _works(reaches, guard) and await _works(runs, guard):
        return drop
    raise LocalError(
        "PostgreSQL refuses to run as root. Here no user namespace can be made, and the user "
        f"nobody cannot reach {folder} or {postgres_program('postgres')}.\n"
        "Run Meridian as an ordinary user, or set MERIDIAN_HOME to a folder that all users can "
        "reach, such as /var/lib/meridian, with the project in such a folder too."
    )


async def _works(argv: tuple[str, ...], guard: Guard) -> bool:
    try:
        await run_tool(argv, clean_environment(), guard)
    except ChildError:
        return False
    return True


def _give(folder: Path, owner: int) -> None:
    if folder.stat().st_uid == owner:
        return
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, owner)
