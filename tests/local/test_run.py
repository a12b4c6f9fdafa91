"""`python -m services`: one run with everything, from the first line to the last process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest

from services.local.process.ports import keep_ports
from services.local.run.home import open_home
from tests.local.test_guard import alive, descendants, wait_for_the_end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 5


@dataclass(slots=True)
class Run:
    """A run of everything in a home."""

    home: Path
    process: subprocess.Popen[str]

    @property
    def file(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.home / "run.json").read_text())
        return content

    def pid(self, name: str) -> int:
        return int(self.file["pids"].get(name, 0))

    @property
    def screen(self) -> str:
        return (self.home / "screen").read_text()

    def wait(self, until: Callable[[], Any]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not until():
            assert time.monotonic() < deadline, self.screen
            assert self.process.poll() is None, self.screen
            time.sleep(0.05)


def start(home: Path, *options: str) -> Run:
    """Start a run; its screen goes to a file."""
    command = [sys.executable, "-m", "services", "--home", str(home), *options]
    environment = {name: text for name, text in os.environ.items() if name != "MERIDIAN_PORT"}
    with (home / "screen").open("w") as screen:
        process = subprocess.Popen(
            command, stdout=screen, stderr=subprocess.STDOUT, text=True, env=environment
        )
    return Run(home, process)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A run that is ready."""
    home = tmp_path_factory.mktemp("run")
    port = keep_ports(open_home(home), ("front",))["front"]
    running = start(home, "--port", str(port))
    try:
        running.wait((home / "run.json").exists)
        yield running
    finally:
        running.process.kill()
        running.process.wait()


def test_run_json_tells_how_to_reach_everything(run: Run) -> None:
    told = run.file
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


def test_the_screen_tells_it_too(run: Run) -> None:
    account = run.file["accounts"][0]
    for text in (run.file["address"], account["username"], account["password"], "Ctrl-C"):
        assert text in run.screen
    assert str(run.home / "logs") in run.screen


def test_a_second_run_says_where_the_first_is(run: Run) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "services", "--home", str(run.home)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert run.file["address"] in second.stderr
    assert str(run.process.pid) in second.stderr
    assert run.process.poll() is None


def test_a_taken_port_is_an_error(run: Run, tmp_path: Path) -> None:
    port = run.file["address"].rpartition(":")[2]
    second = subprocess.run(
        [sys.executable, "-m", "services", "--home", str(tmp_path)],
        env={**os.environ, "MERIDIAN_PORT": port},
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert f"port {port} is taken" in second.stderr


def test_a_killed_service_is_started_again(run: Run) -> None:
    before = run.pid("replicator-1")
    os.kill(before, signal.SIGKILL)
    run.wait(lambda: run.pid("replicator-1") not in {0, before})
    assert alive(run.pid("replicator-1"))
    assert "replicator-1 was ended by SIGKILL; starting it again" in run.screen


def test_a_killed_city_stays_down_until_asked_for(run: Run) -> None:
    before = run.pid("node-cape-town")
    os.kill(before, signal.SIGKILL)
    run.wait(lambda: run.pid("node-cape-town") == 0)
    time.sleep(0.5)
    assert run.pid("node-cape-town") == 0
    assert "node-cape-town was ended by SIGKILL and stays down" in run.screen
    os.kill(run.process.pid, signal.SIGUSR1)
    run.wait(lambda: run.pid("node-cape-town") not in {0, before})


def test_a_signal_stops_everything_in_time(run: Run) -> None:
    everybody = [*run.file["pids"].values(), *descendants(run.process.pid)]
    began = time.monotonic()
    run.process.send_signal(signal.SIGTERM)
    assert run.process.wait(STOP_SECONDS) == 0
    assert time.monotonic() - began < STOP_SECONDS
    assert not wait_for_the_end(everybody)
    assert not (run.home / "run.json").exists()
    assert run.screen.endswith("stopped\n")
