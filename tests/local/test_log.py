"""What the processes of a stack print is kept, but not for ever."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from services.local.process import keeper, log
from services.local.process.child import Command
from services.local.process.guard import start_guard
from services.local.process.reason import tail
from services.local.process.stack import Stack
from services.local.run.home import open_home
from tests.world.calm import PATIENCE_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

LIMIT = 10_000
# Prints more than may be kept at once, and goes on when that was cut off.
TALKER = f"""
import os, time
for round in range(4):
    while os.fstat(1).st_size <= {LIMIT}:
        print("round", round, flush=True)
    while os.fstat(1).st_size > {LIMIT}:
        time.sleep(0.01)
print("done", flush=True)
time.sleep(600)
"""


async def test_a_log_is_cut_while_its_process_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "LOG_BYTES", LIMIT)
    monkeypatch.setattr(keeper, "LOOK_SECONDS", 0.05)
    home = open_home(tmp_path)

    async def is_done() -> bool:
        return tail(home.logs / "talker.log").endswith("done\n")

    with start_guard() as guard:
        stack = Stack(guard, home.logs, lambda name, seconds: None)
        talker = Command(name="talker", argv=(sys.executable, "-c", TALKER), env={}, ready=is_done)
        child = await stack.spawn(talker)
        watching = asyncio.create_task(
            keeper.Keeper(stack, lambda line: None, lambda: None).watch()
        )
        async with asyncio.timeout(PATIENCE_SECONDS):
            await child.until_ready()
        watching.cancel()
        await stack.stop()
    kept = {path.name: path.read_bytes() for path in home.logs.iterdir()}
    assert kept.keys() == {"talker.log", "talker.log.1"}
    assert len(kept["talker.log.1"]) == LIMIT
    assert kept["talker.log.1"].endswith(b"round 3\n")
    assert kept["talker.log"] == b"done\n"
    assert (home.logs / "talker.log.1").stat().st_mode & 0o777 == 0o600
