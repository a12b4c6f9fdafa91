"""Brings a local stack back to what a backup holds."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from services.local.process.guard import start_guard
from services.local.process.ports import keep_ports
from services.local.run.archive import DUMP, unpack
from services.local.run.home import LocalError
from services.local.run.secret import kept_secret
from services.local.run.swap import put_in_place
from services.local.servers.dump import applied_files, load_database, running
from services.local.servers.postgres import NAME, Postgres
from shared.migrate import MigrationError, refuse_what_does_not_fit

if TYPE_CHECKING:
    from services.local.process.guard import Guard
    from services.local.run.home import Home

NEW_CLUSTER: Final = "postgres.part"


async def check(home: Home, source: Path) -> None:
    """LocalError when a backup cannot be restored: it is none, is not whole, or too new."""
    with TemporaryDirectory(dir=home.folder, suffix=".part") as folder, start_guard() as guard:
        part = Path(folder)
        await asyncio.to_thread(unpack, source, part, with_cities=False)
        await _check_content(part, guard)


async def restore(home: Home, source: Path, lock: int) -> None:
    """Put a backup in place of everything a home holds; LocalError leaves it as it was.

    Nothing may run from the home, whose lock the caller holds.
    """
    part = home.folder / "restore.part"
    shutil.rmtree(part, ignore_errors=True)
    shutil.rmtree(home.folder / NEW_CLUSTER, ignore_errors=True)
    try:
        await asyncio.to_thread(unpack, source, part)
        with start_guard(lock) as guard:
            await _check_content(part, guard)
            await _make_cluster(home, part, guard)
        (home.folder / NEW_CLUSTER).rename(part / NAME)
        put_in_place(home, part)
    except OSError as error:
        raise LocalError(f"{source} could not be put in place: {error}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(home.folder / NEW_CLUSTER, ignore_errors=True)


async def _check_content(part: Path, guard: Guard) -> None:
    try:
        refuse_what_does_not_fit(await applied_files(part / DUMP, guard))
    except MigrationError as error:
        raise LocalError(str(error)) from error


async def _make_cluster(home: Home, part: Path, guard: Guard) -> None:
    password = kept_secret(replace(home, folder=part), NAME)
    port = keep_ports(home, (NAME,))[NAME]
    postgres = Postgres(home.subfolder(NEW_CLUSTER), port, password)
    async with running(postgres, guard, home.logs):
        await load_database(postgres, part / DUMP, guard)
