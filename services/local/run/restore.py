"""Brings a local stack back to what a backup holds."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from services.local.process.guard import start_guard
from services.local.process.ports import keep_ports
from services.local.run.archive import CITIES, DUMP, SMALL_FILES, unpack
from services.local.run.secret import kept_secret
from services.local.servers.dump import load_database, running
from services.local.servers.postgres import NAME, Postgres

if TYPE_CHECKING:
    from pathlib import Path

    from services.local.run.home import Home

NEW_CLUSTER: Final = "postgres.part"
# Streams and caches tell of another past.
FORGOTTEN: Final = "valkey"


async def restore(home: Home, source: Path, lock: int) -> None:
    """Put a backup in place of everything a home holds; LocalError leaves it as it was.

    Nothing may run from the home, whose lock the caller holds.
    """
    part = home.folder / "restore.part"
    shutil.rmtree(part, ignore_errors=True)
    shutil.rmtree(home.folder / NEW_CLUSTER, ignore_errors=True)
    try:
        await asyncio.to_thread(unpack, source, part)
        await _make_cluster(home, part, lock)
        _put_in_place(home, part)
    finally:
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(home.folder / NEW_CLUSTER, ignore_errors=True)


async def _make_cluster(home: Home, part: Path, lock: int) -> None:
    password = kept_secret(replace(home, folder=part), NAME)
    port = keep_ports(home, (NAME,))[NAME]
    postgres = Postgres(home.subfolder(NEW_CLUSTER), port, password)
    with start_guard(lock) as guard:
        async with running(postgres, guard, home.logs):
            await load_database(postgres, part / DUMP, guard)


def _put_in_place(home: Home, part: Path) -> None:
    before = home.subfolder("before.part")
    (home.folder / NEW_CLUSTER).rename(part / NAME)
    for name in (NAME, CITIES, FORGOTTEN, *SMALL_FILES):
        if (home.folder / name).exists():
            (home.folder / name).rename(before / name)
        if (part / name).exists():
            (part / name).rename(home.folder / name)
    shutil.rmtree(before, ignore_errors=True)
