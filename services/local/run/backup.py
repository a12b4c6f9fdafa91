"""Backs a local stack up, running or not."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from services.local.process.guard import start_guard
from services.local.process.ports import PORTS_FILE, keep_ports
from services.local.run.archive import CITIES, DUMP, SMALL_FILES, link_tree, pack
from services.local.run.home import LocalError
from services.local.run.lock import hold_lock, pid_of_stack
from services.local.run.secret import kept_secret
from services.local.servers.dump import dump_database, running
from services.local.servers.postgres import NAME, Postgres

if TYPE_CHECKING:
    from pathlib import Path

    from services.local.run.home import Home


async def backup(home: Home, target: Path) -> None:
    """Write everything a home holds to a file; LocalError when there is nothing, or no room.

    The objects are taken before and after the database: whatever the database knows is among
    them. What was erased meanwhile may be there as well; nobody will miss it.
    """
    async with AsyncExitStack() as stack:
        lock = None if pid_of_stack(home) else stack.enter_context(hold_lock(home))
        if not (home.folder / NAME / "data").exists():
            raise LocalError(f"there is nothing to back up in {home.folder}")
        part = home.subfolder("backup.part")
        stack.callback(shutil.rmtree, part, ignore_errors=True)
        guard = stack.enter_context(start_guard(lock))
        ports: Any = home.read(PORTS_FILE) if lock is None else keep_ports(home, (NAME,))
        postgres = Postgres(home.folder / NAME, ports[NAME], kept_secret(home, NAME))
        if lock is not None:
            await stack.enter_async_context(running(postgres, guard, home.logs))
        await asyncio.to_thread(link_tree, home.folder / CITIES, part / CITIES)
        await dump_database(postgres, part / DUMP, guard)
        await asyncio.to_thread(link_tree, home.folder / CITIES, part / CITIES)
        for name in SMALL_FILES:
            if (home.folder / name).exists():
                shutil.copy2(home.folder / name, part / name)
        await asyncio.to_thread(pack, part, target)
