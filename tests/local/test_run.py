"""`python -m services`: one run with everything, from the first line to the last process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

from services.local.process.ports import keep_ports
from services.local.run.home import open_home
from tests.world.processes import alive, descendants, wait_for_the_end
from tests.world.stack import running_stack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.world.stack import Stack

STOP_SECONDS = 5


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A run that is ready."""
    home = tmp_path_factory.mktemp("run")
    port = keep_ports(open_home(home), ("front",))["front"]
    with running_stack(home, "--port", str(port)) as stack:
        yield stack


def test_run_json_tells_how_to_reach_everything(run: Stack) -> None:
    told = run.info
    assert (run.home / "run.json").stat().st_mode & 0o777 == 0o600
    assert [account["is_superuser"] for account in told["accounts"]] == [False, True]
    assert {server["name"] for server in told["servers"]} == {
        "new-york",
        "vladivostok",
        "cape-town",
    }
    assert {"endpoint", "node_endpoint", "bucket", "access_key", "secret_key", "city"} < told[
        "servers"
    ][0].keys()
    assert all(alive(pid) for pid in told["pids"].values())
    assert told["pids"]["stack"] == run.process.pid
    with urlopen(f"{told['services']['auth']}/.well-known/jwks.json") as answer:
        assert json.load(answer)["keys"]


def test_the_screen_tells_it_too(run: Stack) -> None:
    account = run.info["accounts"][0]
    for text in (run.info["address"], account["username"], account["password"], "Ctrl-C"):
        assert text in run.screen
    assert str(run.home / "logs") in run.screen


def test_a_second_run_says_where_the_first_is(run: Stack) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "services", "--home", str(run.home)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert run.info["address"] in second.stderr
    assert str(run.process.pid) in second.stderr
    assert run.process.poll() is None


def test_a_taken_port_is_an_error(run: Stack, tmp_path: Path) -> None:
    port = run.info["address"].rpartition(":")[2]
    second = subprocess.run(
        [sys.executable, "-m", "services", "--home", str(tmp_path)],
        env={**os.environ, "MERIDIAN_PORT": port},
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert f"port {port} is taken" in second.stderr


def test_a_killed_service_is_started_again(run: Stack) -> None:
    before = run.pid("replicator-1")
    os.kill(before, signal.SIGKILL)
    run.wait(lambda: run.pid("replicator-1") not in {0, before})
    assert alive(run.pid("replicator-1"))
    assert "replicator-1 was ended by SIGKILL; starting it again" in run.screen


def test_a_killed_city_stays_down_until_asked_for(run: Stack) -> None:
    before = run.pid("node-cape-town")
    os.kill(before, signal.SIGKILL)
    run.wait(lambda: run.pid("node-cape-town") == 0)
    time.sleep(0.5)
    assert run.pid("node-cape-town") == 0
    assert "node-cape-town was ended by SIGKILL and stays down" in run.screen
    os.kill(run.process.pid, signal.SIGUSR1)
    run.wait(lambda: run.pid("node-cape-town") not in {0, before})


def test_a_signal_stops_everything_in_time(run: Stack) -> None:
    everybody = [*run.info["pids"].values(), *descendants(run.process.pid)]
    began = time.monotonic()
    run.process.send_signal(signal.SIGTERM)
    assert run.process.wait(STOP_SECONDS) == 0
    assert time.monotonic() - began < STOP_SECONDS
    assert not wait_for_the_end(everybody)
    assert not (run.home / "run.json").exists()
    assert run.screen.endswith("stopped\n")
