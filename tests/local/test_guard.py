"""No process outlives the run that started it, not even after `kill -9`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services.local.process.guard import start_guard
from tests.world.calm import calm_clock
from tests.world.processes import descendants, wait_for_the_end

if TYPE_CHECKING:
    pass

SERVERS = """
import asyncio, json, sys
from pathlib import Path
from services.local.servers.start import local_servers

async def main():
    async with local_servers(Path(sys.argv[1])) as (plan, stack):
        print(json.dumps({"guardian": stack.guard.group, **stack.pids}), flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ignoring", flush=True)
time.sleep(60)
"""


def test_a_killed_run_leaves_no_process(tmp_path: Path) -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", SERVERS, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    named = json.loads(run.stdout.readline())
    assert {"guardian", "postgres", "valkey", "edge-new-york", "node-cape-town"} <= named.keys()
    everybody = [*named.values(), *descendants(run.pid)]
    assert len(everybody) > len(named)
    run.kill()
    run.communicate()
    assert not wait_for_the_end(everybody)
    # They were asked first, and PostgreSQL, which drops its lock file last, had time to end well.
    assert "Received SIGTERM" in (tmp_path / "logs" / "valkey.log").read_text()
    assert not (tmp_path / "postgres" / "data" / "postmaster.pid").exists()


def test_the_end_of_a_guard_kills_the_stubborn() -> None:
    with calm_clock() as passed:
        with start_guard() as guard:
            child = subprocess.Popen(
                [sys.executable, "-c", STUBBORN],
                stdout=subprocess.PIPE,
                process_group=guard.group,
                pass_fds=(guard.life,),
            )
            assert child.stdout is not None
            child.stdout.readline()
            began = passed()
        assert child.wait() == -9
        assert passed() - began < 5
    child.stdout.close()


def test_a_foreign_process_is_left_alone() -> None:
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    with start_guard() as guard:
        guard.interrupt_at_end(bystander.pid)
    with pytest.raises(subprocess.TimeoutExpired):
        bystander.wait(0.5)
    bystander.kill()
    bystander.wait()
